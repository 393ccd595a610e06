import { secretIn } from '../../config-file/secrets.ts'
import { createOutgoing, type OutgoingAnswer } from '../../outgoing/outgoing.ts'
import { retryAfterMs } from '../../outgoing/retry-after.ts'
import { ATTEMPT_MS, DeliveryError, type ChannelContext } from './channel.ts'
import type { AllowPrivate } from './given-channel.ts'
import { mayConnectBy } from './may-connect.ts'

const MOST_ANSWER_BYTES = 64_000
const ANSWER_SHOWN = 200
const MOST_CONNECTIONS = 4

interface Posted {
  /** As it is written in the configuration file. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Posts JSON to others. Disposing it ends its connections. */
export interface Posting extends Disposable {
  /** What was answered, in a line. Throws where it is not taken; redirects are not followed. */
  post(posted: Posted & { readonly body: string }): Promise<string>
  /** Likewise, of a request without a body. */
  ask(asked: Posted & { readonly method: 'GET' | 'POST' }): Promise<string>
}

export type PostingContext = Pick<ChannelContext, 'environment' | 'version' | 'now' | 'resolve'>

export function createPosting(allowPrivate: AllowPrivate, context: PostingContext): Posting {
  const { environment, version, now, resolve } = context
  const outgoing = createOutgoing({
    mayConnectTo: mayConnectBy(allowPrivate),
    resolve,
    maxConnections: MOST_CONNECTIONS,
    userAgent: `store-monitor/${version}`,
  })

  async function send(
    method: string,
    { url, headers, signal }: Posted,
    body: string | undefined,
  ): Promise<string> {
    const request = {
      url: await httpUrl(url, environment),
      method,
      headers,
      body,
      timeoutMs: ATTEMPT_MS,
      maxBytes: MOST_ANSWER_BYTES,
      followsRedirects: false,
      signal,
    }
    return outgoing.ask(request, (answer) => takenAnswer(answer, now))
  }

  return {
    post({ body, ...posted }) {
      const headers = {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...posted.headers,
      }
      return send('POST', { ...posted, headers }, body)
    },
    ask: ({ method, ...asked }) => send(method, asked, undefined),
    [Symbol.dispose]: () => outgoing[Symbol.dispose](),
  }
}

async function httpUrl(text: string, environment: ChannelContext['environment']): Promise<string> {
  const url = await secretIn(text, environment)
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return url
  throw new DeliveryError(`what ${text} stands for is no URL of http or https`)
}

async function takenAnswer({ status, headers, body }: OutgoingAnswer, now: () => number): Promise<string> {
  const said = `${status}${await textOf(body)}`
  if (status >= 200 && status < 300) return said
  if (status >= 300 && status < 400) throw new DeliveryError(`${said}: redirects are not followed`)
  throw new DeliveryError(said, {
    retryAfterMs: retryAfterMs(headers['retry-after'], now()),
    isOver: status === 410 ? 'channel' : undefined,
  })
}

/** How an answer begins, on one line. It is read to its end: one that breaks off may not have been meant. */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  if (text === '') return ''
  return ` ${text.length > ANSWER_SHOWN ? `${text.slice(0, ANSWER_SHOWN)}…` : text}`
}
