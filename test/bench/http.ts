import { Agent, request } from 'node:http'
import { pipeline } from 'node:stream/promises'

export interface Answer {
  readonly status: number
  readonly body: Buffer
  readonly ms: number
}

export interface HttpClient extends Disposable {
  /** Sends a request and reads the answer to its last byte. */
  send(
    method: 'GET' | 'POST',
    path: string,
    body?: NodeJS.ReadableStream,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
}

/** A client that keeps its connections and asks for bytes as they are. */
export function createHttpClient(url: string): HttpClient {
  const agent = new Agent({ keepAlive: true })
  return {
    async send(method, path, body, headers = {}) {
      const start = performance.now()
      const sent = request(new URL(path, url), {
        method,
        agent,
        headers: { 'accept-encoding': 'identity', ...headers },
      })
      const answered = new Promise<Answer>((resolve, reject) => {
        sent.on('error', reject)
        sent.on('response', (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const ms = performance.now() - start
            resolve({ status: response.statusCode!, body: Buffer.concat(chunks), ms })
          })
        })
      })
      if (body) await pipeline(body, sent)
      else sent.end()
      return answered
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}

/** Like `send`, and throws where the answer is not a success. */
export async function get(client: HttpClient, path: string): Promise<Buffer> {
  return successOf(path, await client.send('GET', path))
}

export async function post(client: HttpClient, path: string, body?: NodeJS.ReadableStream): Promise<Buffer> {
  return successOf(path, await client.send('POST', path, body))
}

function successOf(path: string, { status, body }: Answer): Buffer {
  if (status === 200) return body
  throw new Error(`${path} was answered with ${status}: ${body.toString('utf8', 0, 500)}`)
}
