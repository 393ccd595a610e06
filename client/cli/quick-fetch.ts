import type { HTTPBatchLinkOptions } from '@trpc/client'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

type Fetch = NonNullable<HTTPBatchLinkOptions<never>['fetch']>

/** As long as `fetch` tries, and as long as it waits for an answer to begin or go on. */
const CONNECT_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 300_000

/**
 * As much of `fetch` as tRPC calls for. Node.js takes longer to load its own than a short command may take in all, so
 * plain HTTP is spoken without it; encryption, redirects and passwords are left to it.
 */
export async function quickFetch(...[input, init = {}]: Parameters<Fetch>): ReturnType<Fetch> {
  const url = new URL(input as string)
  const isPlain = url.protocol === 'http:' && url.username === '' && url.password === ''
  if (!isPlain) return fetch(url, init as object)
  const response = await answerOf(url, init).catch((error: unknown) => fail(error, init))
  const { statusCode = 0 } = response
  if (statusCode >= 300 && statusCode < 400) {
    response.resume()
    return fetch(url, init as object)
  }
  return {
    ok: statusCode >= 200 && statusCode < 300,
    json: async () =>
      JSON.parse(await text(response).catch((error: unknown) => fail(error, init))) as unknown,
  }
}

type Init = NonNullable<Parameters<Fetch>[1]>

function answerOf(url: URL, { method, headers, body, signal }: Init): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  // Imported, it would give all that it has, and its WebSocket is a part of fetch.
  const request = process.getBuiltinModule('node:http').request(url, {
    method: method!,
    headers: headers as Record<string, string>,
    timeout: CONNECT_WITHIN_MS,
    ...(signal ? { signal } : {}),
  })
  request.once('response', resolve)
  request.on('error', reject)
  request.once('timeout', () =>
    request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })),
  )
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => request.setTimeout(ANSWER_WITHIN_MS))
    else request.setTimeout(ANSWER_WITHIN_MS)
  })
  request.end(body as string | undefined)
  return promise
}

/** Throws what `fetch` would. */
function fail(error: unknown, { signal }: Init): never {
  signal?.throwIfAborted()
  throw new TypeError('fetch failed', { cause: error })
}
