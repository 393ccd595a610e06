import type { Context, ContextVariableMap, MiddlewareHandler } from 'hono'
import { randomUUID } from 'node:crypto'
import type { Observe } from '../observe/happened.ts'
import { collectingWorked, type Worked } from '../reports/worked.ts'
import { connectionOf } from './rest/caller.ts'
import { isEventStream } from './rest/event-stream.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Of the route, or of the procedure, that a request has come to. */
    operation: string | undefined
    requestId: string
  }
}

const requestIdHeader = 'x-request-id'

/** Gives each request its id, which is the caller's where that is one, and tells of each once all of its answer has gone. */
export function observeRequests(observe: Observe, isTraced = false): MiddlewareHandler {
  return async (context, next) => {
    const startedAt = performance.now()
    const requestId = requestIdOf(context.req.header(requestIdHeader))
    const { incoming, outgoing } = connectionOf(context)
    const socket = incoming?.socket
    const bytesBefore = socket?.bytesWritten ?? 0
    context.set('requestId', requestId)
    let worked: readonly Worked[] = []
    if (isTraced) worked = await collectingWorked(next)
    else await next()
    const { res } = context
    res.headers.set(requestIdHeader, requestId)
    const { status } = res
    const isEndless = isEventStream(res)

    function tell(): void {
      const request = {
        requestId,
        method: context.req.method,
        route: context.get('operation') ?? 'none',
        path: pathOf(context),
        status,
        startedMs: performance.timeOrigin + startedAt,
        durationMs: performance.now() - startedAt,
        bytes: (socket?.bytesWritten ?? 0) - bytesBefore,
        key: (context.var as Partial<ContextVariableMap>).principal?.author,
        traceparent: isTraced ? context.req.header('traceparent') : undefined,
        worked,
        isEventStream: isEndless,
        isCut: !isEndless && outgoing?.writableFinished === false,
      }
      observe({ type: 'request', request })
    }

    if (isEndless) observe({ type: 'event-stream' })
    if (outgoing === undefined) tell()
    else outgoing.once('close', tell)
  }
}

function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
}

/** As it was asked for, without the query, which may have what is nobody else's business. */
function pathOf({ req }: Context): string {
  const { url } = req
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const end = url.indexOf('?', start)
  return url.slice(start, end === -1 ? undefined : end)
}
