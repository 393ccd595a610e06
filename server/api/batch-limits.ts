/** A batch of tRPC calls is one request, and its answer is made as a whole: what a batch may add up to has an end. */
import type { TRPCRequestInfo } from '@trpc/server/http'
import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../shared/app-error.ts'
import { maxPageSize } from '../../shared/page-size.ts'
import { trpcErrorOf } from './errors.ts'

export const maxCallsInBatch = 20
const maxRowsInBatch = 2 * maxPageSize

export const refuseLongBatch: MiddlewareHandler = async ({ req }, next) => {
  const calls = req.query('batch') === '1' ? req.path.split(',').length : 1
  if (calls > maxCallsInBatch) {
    throw new AppError(
      'too-large',
      `the batch has ${calls} calls, and at most ${maxCallsInBatch} are taken: send it in parts ` +
        `(httpBatchLink: maxItems: ${maxCallsInBatch})`,
    )
  }
  await next()
}

/** Throws where the pages that a batch asks for have too many rows in all. */
export async function refuseManyRows({ isBatchCall, calls }: TRPCRequestInfo): Promise<void> {
  if (!isBatchCall) return
  let rows = 0
  for (const call of calls) rows += await limitOf(call)
  if (rows <= maxRowsInBatch) return
  throw trpcErrorOf(
    new AppError(
      'too-large',
      `the pages of the batch have ${rows} rows in all (limit), and at most ${maxRowsInBatch} are taken: ` +
        'ask for smaller pages, or in several batches',
    ),
  )
}

/** How many rows a call asks for; 0 where it does not say, or says nonsense, which its procedure is to refuse. */
async function limitOf({ getRawInput }: TRPCRequestInfo['calls'][number]): Promise<number> {
  const input = await getRawInput().catch(() => undefined)
  const { limit } = (input ?? {}) as { readonly limit?: unknown }
  return typeof limit === 'number' && limit > 0 ? limit : 0
}
