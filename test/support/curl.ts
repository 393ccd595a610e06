import { once } from 'node:events'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

export interface CurlAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly text: string
  /** The body as JSON. */
  readonly json: Record<string, unknown>
}

interface Command {
  readonly url: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
}

/**
 * What a curl command is answered, with the headers that curl 8 sends. Knows -X, -I, -H and -d; other options say what to do
 * with the answer. In this process, as a machine may have no curl.
 */
export async function curl(commandLine: string): Promise<CurlAnswer> {
  const { url, method, headers, body } = parseCommand(commandLine)
  const sent = request(url, { method, headers, agent: false }).end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const bytes = await buffer(response)
  return {
    status: response.statusCode!,
    headers: response.headers,
    bytes,
    text: bytes.toString(),
    get json() {
      return JSON.parse(bytes.toString()) as Record<string, unknown>
    },
  }
}

function parseCommand(commandLine: string): Command {
  const words = Array.from(
    commandLine.matchAll(/'([^']*)'|(\S+)/g),
    ([, quoted, bare]) => quoted ?? bare ?? '',
  )
  const headers: Record<string, string> = { 'User-Agent': 'curl/8.5.0', Accept: '*/*' }
  let method: string | undefined
  let body: string | undefined
  let url = ''
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!
    if (word === '-X') method = words[++i]
    else if (word === '-I') method = 'HEAD'
    else if (word === '-d') body = words[++i]!
    else if (word === '-H') setHeader(words[++i]!)
    else if (!word.startsWith('-')) url = word
  }
  if (body !== undefined) {
    headers['Content-Type'] ??= 'application/x-www-form-urlencoded'
    headers['Content-Length'] = String(Buffer.byteLength(body))
  }
  return { url, method: method ?? (body === undefined ? 'GET' : 'POST'), headers, body }

  function setHeader(header: string): void {
    const [, name, value] = /^([^:;]+)[:;] ?(.*)$/.exec(header)!
    headers[properCase(name!)] = value!
  }
}

function properCase(name: string): string {
  return name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())
}
