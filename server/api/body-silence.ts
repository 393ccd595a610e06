/** How long a request's body may take is not limited, but how long it may say nothing. */
import type { Context, MiddlewareHandler } from 'hono'
import type { Readable } from 'node:stream'
import { AppError } from '../../shared/app-error.ts'
import { overLimit } from '../limits/over-limit.ts'
import { connectionOf } from './rest/caller.ts'

/** The bytes of a request's body, which may be read once, here or elsewhere; ends as `withoutSilence` does. */
export async function* bodyOf(context: Context, silenceMs: number): AsyncGenerator<Uint8Array> {
  const { incoming } = connectionOf(context)
  // Straight from Node.js: to make a stream of the web of it takes as long as all else that is done for a short body.
  if (incoming === undefined) {
    const { body } = context.req.raw
    if (body !== null) yield* withoutSilence(body, silenceMs) as AsyncIterable<Uint8Array>
    return
  }
  for (;;) {
    const chunk = incoming.read() as Uint8Array | null
    if (chunk !== null) yield chunk
    else if (incoming.complete) return
    else await beforeSilence(moreOf(incoming), silenceMs)
  }
}

/** When there is more to read, or no more; rejects where there never will be, though it is not all. */
async function moreOf(incoming: Readable): Promise<void> {
  const brokenOff = () => new AppError('invalid', 'the request was broken off', { cause: incoming.errored })
  if (incoming.destroyed) throw brokenOff()
  const more = Promise.withResolvers<void>()
  const fail = () => more.reject(brokenOff())
  incoming.on('readable', more.resolve).on('end', more.resolve).on('error', fail).on('close', fail)
  try {
    await more.promise
  } finally {
    incoming.off('readable', more.resolve).off('end', more.resolve).off('error', fail).off('close', fail)
  }
}

async function beforeSilence<Read>(read: Promise<Read>, silenceMs: number): Promise<Read> {
  const silence = Promise.withResolvers<never>()
  const timer = setTimeout(() => silence.reject(fellSilent(silenceMs)), silenceMs)
  try {
    return await Promise.race([read, silence.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Ends the bodies of requests that say nothing for so long, for what reads them itself. */
export function limitBodySilence(silenceMs: number): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context
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
        const { value, done } = await beforeSilence(reader.read(), silenceMs)
        if (done) controller.close()
        else controller.enqueue(value)
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
