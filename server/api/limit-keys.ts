import type { MiddlewareHandler } from 'hono'
import { accountOf, calledInWords } from '../access/principal.ts'
import { overLimit } from '../limits/over-limit.ts'
import { createRequestRate } from '../limits/request-rate.ts'
import type { Limits } from '../limits/setting.ts'
import { connectionOf } from './rest/caller.ts'

/** Refuses requests of a key or an account that has sent too many in a second. */
export function limitKeys({ requestsByKey }: Limits): MiddlewareHandler {
  const rate = createRequestRate(requestsByKey)
  return async (context, next) => {
    const principal = context.get('principal')
    const account = accountOf(principal)
    const { incoming } = connectionOf(context)
    const retryAfterSeconds =
      account === undefined ? undefined : await rate.secondsToWait(account, incoming?.socket)
    if (retryAfterSeconds !== undefined) {
      const what = `more than ${requestsByKey} requests in a second came from ${calledInWords(principal)}`
      throw overLimit('requestsByKey', what, { retryAfterSeconds })
    }
    await next()
  }
}
