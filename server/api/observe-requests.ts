import type { Context, MiddlewareHandler } from 'hono'
import { randomUUID } from 'node:crypto'
import { loggedNameOf, type Principal } from '../access/principal.ts'
import type { Observe, TracedRequest } from '../observe/happened.ts'
import { spanOfRequest } from '../tracing/place.ts'
import { collectWorked } from '../tracing/worked.ts'
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
    const traced = isTraced ? traceRequest(context) : undefined
    await (traced === undefined ? next() : traced.run(next))
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
        key: loggedName(context.get('principal')),
        traced: traced?.end(),
        isEventStream: isEndless,
        isCut: !isEndless && outgoing?.writableFinished === false,
      }
      observe({ type: 'request', request })
    }

    if (isEndless) observe({ type: 'event-stream' })
    if (outgoing === undefined || outgoing.closed) tell()
    else outgoing.once('close', tell)
  }
}

/** What is done until its answer has gone is noted, as of its span. */
function traceRequest({ req }: Context) {
  const span = spanOfRequest(req.header('traceparent'))
  const { run, take } = collectWorked(span)
  return { run, end: (): TracedRequest => ({ span, ...take() }) }
}

function loggedName(principal: Principal | undefined): string | undefined {
  return principal === undefined ? undefined : loggedNameOf(principal)
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
