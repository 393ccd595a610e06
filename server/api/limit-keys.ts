import type { MiddlewareHandler } from 'hono'
import { overLimit } from '../limits/over-limit.ts'
import { createRequestRate } from '../limits/request-rate.ts'
import type { Limits } from '../limits/setting.ts'
import { connectionOf } from './rest/caller.ts'

/** Refuses requests with a key that has sent too many in a second. */
export function limitKeys({ requestsByKey }: Limits): MiddlewareHandler {
  const rate = createRequestRate(requestsByKey)
  return async (context, next) => {
    const { keyId, name } = context.get('principal')
    const { incoming } = connectionOf(context)
    const retryAfterSeconds =
      keyId === undefined ? undefined : await rate.secondsToWait(keyId, incoming?.socket)
    if (retryAfterSeconds !== undefined) {
      const what = `more than ${requestsByKey} requests in a second came with the key "${name}"`
      throw overLimit('requestsByKey', what, { retryAfterSeconds })
    }
    await next()
  }
}
