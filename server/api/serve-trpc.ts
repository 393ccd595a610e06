import type { TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import type { TRPCRequestInfo } from '@trpc/server/http'
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { AppError } from '../../shared/app-error.ts'
import { requirePermission, type Principal } from '../access/principal.ts'
import type { ApiParts } from './api-parts.ts'
import { refuseLargeInput, refuseLongBatch } from './batch-limits.ts'
import { errorAnswer, errorHeaders } from './error-answer.ts'
import { appErrorOf, appErrorOfTrpc } from './errors.ts'
import type { ProcedureMeta } from './procedure.ts'
import { procedureName } from './procedure-name.ts'
import { limitBodySilence } from './body-silence.ts'
import { callerOf } from './rest/caller.ts'
import { bodyTooLarge } from './rest/route.ts'
import { callsOf } from './router.ts'

/** Serves the router under /trpc. */
export function serveTrpc(app: Hono, parts: ApiParts): void {
  const { limits } = parts
  const onError = ({ req }: Context) => errorAnswer(req.path, bodyTooLarge(limits.bodyBytes))
  app.use(
    '/trpc/*',
    limitBodySilence(limits.bodySilence),
    refuseLongBatch(limits),
    bodyLimit({ maxSize: limits.bodyBytes, onError }),
  )
  app.all('/trpc/*', async (context) => {
    const principal = context.get('principal')
    const calls = callsOf(parts, principal, callerOf(context))
    let refusal: AppError | undefined
    const answer = await fetchRequestHandler({
      endpoint: '/trpc',
      req: context.req.raw,
      ...calls,
      maxBatchSize: limits.batchCalls,
      responseMeta: ({ errors }) => ({ headers: headersOf(errors) }),
      async createContext({ info }) {
        context.set('operation', procedureName(info))
        refusal = refusalOfSubscription(info, principal)
        if (refusal === undefined) await refuseLargeInput(info, limits)
        return calls.createContext()
      },
      onError: (failed) => calls.onError(failed, context.get('requestId')),
    })
    if (refusal === undefined) return answer
    await answer.body?.cancel()
    throw refusal
  })
}

/** What is to be told by the status of the answer, where tRPC would answer with 200 and begin with an event that tells the error. */
function refusalOfSubscription({ type, calls }: TRPCRequestInfo, principal: Principal): AppError | undefined {
  if (type !== 'subscription') return undefined
  try {
    for (const { procedure } of calls) {
      const meta = procedure?.['_def'].meta as ProcedureMeta | undefined
      if (meta) requirePermission(principal, meta.needs)
    }
    return undefined
  } catch (error) {
    return appErrorOf(error)
  }
}

/** What a client is to do about it: who calls several things at once is told so once. */
function headersOf(errors: readonly TRPCError[]): Record<string, string> {
  return Object.assign({}, ...errors.map((error) => errorHeaders(appErrorOfTrpc(error)))) as Record<
    string,
    string
  >
}
