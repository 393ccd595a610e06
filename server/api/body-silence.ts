/** How long a request's body may take is not limited, but how long it may say nothing. */
import type { MiddlewareHandler } from 'hono'
import type { AppError } from '../../shared/app-error.ts'
import { overLimit } from '../limits/over-limit.ts'

/** Ends the bodies of requests that say nothing for so long. */
export function limitBodySilence(silenceMs: number): MiddlewareHandler {
  return async ({ req }, next) => {
    const hasBody =
      Number(req.header('content-length') ?? 0) > 0 || req.header('transfer-encoding') !== undefined
    if (hasBody && req.raw.body !== null) {
      const init: RequestInit & { duplex: string } = {
        body: withoutSilence(req.raw.body, silenceMs),
        duplex: 'half',
      }
      req.raw = new Request(req.raw, init)
    }
    await next()
  }
}

/** The same bytes; ends with a `timed-out` AppError where the next ones do not come in time once they are waited for. */
export function withoutSilence(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const silence = Promise.withResolvers<never>()
        const timer = setTimeout(() => silence.reject(fellSilent(silenceMs)), silenceMs)
        try {
          const { value, done } = await Promise.race([reader.read(), silence.promise])
          if (done) controller.close()
          else controller.enqueue(value)
        } finally {
          clearTimeout(timer)
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

function fellSilent(silenceMs: number): AppError {
  return overLimit(
    'bodySilence',
    `nothing more of the request came for ${silenceMs / 1000} s, and its connection is closed: send it again`,
    { code: 'timed-out' },
  )
}
