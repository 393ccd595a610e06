import type { Context } from 'hono'
import { problemOf } from '../../../shared/problem.ts'
import { appErrorOf } from '../errors.ts'

/** Proxies close a connection that says nothing for a minute. */
const KEEP_ALIVE_MS = 15_000

const mediaType = 'text/event-stream'

/** Whether an answer is of events, and has no end. */
export function isEventStream({ headers }: Pick<Response, 'headers'>): boolean {
  return headers.get('content-type')?.startsWith(mediaType) ?? false
}

/** Server-sent events, each as it is written, or its bytes. */
export type Events = AsyncGenerator<string | Uint8Array, void>

/** Answers with events; what a HEAD would have is not begun. */
export function sendEvents(
  context: Context,
  begin: () => Events,
  onError: (error: unknown) => void,
): Response {
  const body = context.req.method === 'HEAD' ? null : eventStream(begin(), onError)
  return new Response(body, { headers: { 'content-type': mediaType, 'cache-control': 'no-cache' } })
}

/** What ends `events` is told by an event `problem`. Whoever stops reading ends them. */
export function eventStream(events: Events, onError: (error: unknown) => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const told = withProblem(events, onError)
  let keepAlive: NodeJS.Timeout
  return new ReadableStream<Uint8Array>({
    start(controller) {
      keepAlive = setInterval(() => controller.enqueue(encoder.encode(': still here\n\n')), KEEP_ALIVE_MS)
    },
    async pull(controller) {
      const { value } = await told.next()
      if (value === undefined) {
        clearInterval(keepAlive)
        controller.close()
      } else {
        controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value)
      }
    },
    async cancel() {
      clearInterval(keepAlive)
      await told.return()
    },
  })
}

async function* withProblem(events: Events, onError: (error: unknown) => void): Events {
  try {
    yield* events
  } catch (error) {
    const appError = appErrorOf(error)
    if (appError.code === 'internal') onError(error)
    yield `event: problem\ndata: ${JSON.stringify(problemOf(appError))}\n\n`
  }
}
