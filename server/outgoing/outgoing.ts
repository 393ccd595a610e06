import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { createGunzip } from 'node:zlib'
import { guardedAgents, type Guard } from './guarded-agent.ts'
import { outgoingError, OutgoingError } from './outgoing-error.ts'
import { redirected, type Asked } from './redirect.ts'

export interface OutgoingSetting extends Guard {
  /** How many connections to a host there are at once; they are kept for the next request. */
  readonly maxConnections: number
  readonly userAgent: string
}

export interface OutgoingRequest {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** From the first request to the last byte. */
  readonly timeoutMs: number
  /** Of what is answered, unpacked. */
  readonly maxBytes: number
  /** Whether redirects are followed; otherwise they are answers. */
  readonly followsRedirects?: boolean
  readonly signal?: AbortSignal | undefined
}

export interface OutgoingAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: AsyncIterable<Uint8Array>
}

/** Asks others over HTTP. Disposing it ends its connections. */
export interface Outgoing extends Disposable {
  /** Calls `use` with what is answered, whatever the status; what it does not read is not waited for. Throws an OutgoingError. */
  ask<Result>(request: OutgoingRequest, use: (answer: OutgoingAnswer) => Promise<Result>): Promise<Result>
}

const MOST_REDIRECTS = 5

export function createOutgoing(setting: OutgoingSetting): Outgoing {
  const { maxConnections, userAgent } = setting
  const agents = guardedAgents(setting, { keepAlive: true, maxSockets: maxConnections })

  function send({ url, method, headers, body }: Asked, signal: AbortSignal): Promise<IncomingMessage> {
    const isSecure = url.protocol === 'https:'
    const own = { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': 'gzip' }
    return new Promise((resolve, reject) => {
      const request = (isSecure ? requestHttps : requestHttp)(url, {
        method,
        headers: { ...own, ...headers },
        agent: isSecure ? agents.https : agents.http,
        signal,
      })
      request.on('response', resolve)
      request.on('error', reject)
      request.end(body)
    })
  }

  return {
    async ask(request, use) {
      const { timeoutMs, maxBytes, followsRedirects = true } = request
      let asked: Asked = {
        url: new URL(request.url),
        method: request.method ?? 'GET',
        headers: request.headers ?? {},
        body: request.body,
      }
      const tooLate = AbortSignal.timeout(timeoutMs)
      const signal = AbortSignal.any([tooLate, ...(request.signal === undefined ? [] : [request.signal])])
      const told = (error: unknown) => {
        if (request.signal?.aborted) return request.signal.reason as Error
        if (!tooLate.aborted) return outgoingError(asked.url.host, error)
        return new OutgoingError('timeout', `${asked.url.host}: no answer in ${timeoutMs / 1000} s`)
      }
      for (let hops = 0; ; hops++) {
        const response = await send(asked, signal).catch((error: unknown) => {
          throw told(error)
        })
        try {
          const status = response.statusCode ?? 0
          const { location } = response.headers
          const next = followsRedirects ? redirected(asked, { status, location }) : undefined
          if (next === undefined) {
            const body = bodyOf(response, { host: asked.url.host, maxBytes, told })
            return await use({ status, headers: response.headers, body })
          }
          if (hops === MOST_REDIRECTS) {
            throw new OutgoingError('redirects', `${asked.url.host}: more than ${MOST_REDIRECTS} redirects`)
          }
          asked = next
        } finally {
          // One that has come to its end keeps its connection.
          if (response.complete) response.resume()
          else response.destroy()
        }
      }
    },
    [Symbol.dispose]() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

async function* bodyOf(
  response: IncomingMessage,
  { host, maxBytes, told }: { host: string; maxBytes: number; told: (error: unknown) => Error },
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of unpacked(response, host)) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) {
        throw new OutgoingError('too-large', `${host}: the answer is larger than ${maxBytes} bytes`)
      }
      yield chunk
    }
  } catch (error) {
    throw told(error)
  }
}

function unpacked(response: IncomingMessage, host: string): AsyncIterable<Uint8Array> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return response
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new OutgoingError(
      'encoding',
      `${host}: the answer is packed as ${encoding}, which was not asked for`,
    )
  }
  const unpacking = createGunzip()
  response.on('error', (error) => unpacking.destroy(error))
  return response.pipe(unpacking)
}
