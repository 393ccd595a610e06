/** A batch of tRPC calls is one request, and its answer is made as a whole: what a batch may add up to has an end. */
import type { TRPCRequestInfo } from '@trpc/server/http'
import type { MiddlewareHandler } from 'hono'
import { refuseLargeJson } from '../limits/json-limits.ts'
import { overLimit } from '../limits/over-limit.ts'
import type { Limits } from '../limits/setting.ts'
import { toAppError } from '../../shared/app-error.ts'
import { trpcErrorOf } from './errors.ts'

export function refuseLongBatch({ batchCalls }: Limits): MiddlewareHandler {
  return async ({ req }, next) => {
    const calls = req.query('batch') === '1' ? req.path.split(',').length : 1
    if (calls > batchCalls) {
      throw overLimit(
        'batchCalls',
        `the batch has ${calls} calls, and at most ${batchCalls} are taken: send it in parts ` +
          `(httpBatchLink: maxItems: ${batchCalls})`,
        { code: 'too-large' },
      )
    }
    await next()
  }
}

/** Throws where what calls say is too deep or has texts that are too long, or where the pages that a batch asks for have too many rows in all. */
export async function refuseLargeInput(
  { isBatchCall, calls }: TRPCRequestInfo,
  limits: Limits,
): Promise<void> {
  const { batchRows } = limits
  let rows = 0
  for (const { getRawInput } of calls) {
    // What is no JSON its procedure is to refuse.
    const input = await getRawInput().catch(() => undefined)
    try {
      refuseLargeJson(input, limits)
    } catch (error) {
      throw trpcErrorOf(toAppError(error))
    }
    rows += limitOf(input)
  }
  if (!isBatchCall || rows <= batchRows) return
  throw trpcErrorOf(
    overLimit(
      'batchRows',
      `the pages of the batch have ${rows} rows in all (limit), and at most ${batchRows} are taken: ` +
        'ask for smaller pages, or in several batches',
      { code: 'too-large' },
    ),
  )
}

/** How many rows a call asks for; 0 where it does not say, or says nonsense, which its procedure is to refuse. */
function limitOf(input: unknown): number {
  const { limit } = (input ?? {}) as { readonly limit?: unknown }
  return typeof limit === 'number' && limit > 0 ? limit : 0
}
