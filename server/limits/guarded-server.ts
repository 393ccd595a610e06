/** What an HTTP server refuses before a request is read: connections, heads, and answers that nobody reads. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { AppError } from '../../shared/app-error.ts'
import { problemMediaType, problemOf, type Problem } from '../../shared/problem.ts'
import { callerAddress } from './caller-address.ts'
import { clientOf, noteClient, plainAddress } from './client.ts'
import { overLimit } from './over-limit.ts'
import { createRequestRate } from './request-rate.ts'
import type { Limits } from './setting.ts'
import { trustOf } from './trusted-proxies.ts'
import { createTurns } from './turns.ts'

/** Connections above the limit that are told so; what is above these is cut without a word. */
const MOST_TOLD = 64
/** How long such a one has to say what it wants. */
const TELL_WITHIN_MS = 5000
/** How often Node.js looks for connections that are too slow. */
const LOOK_EVERY_MS = 5000

const alwaysAnswered = new Set(['/livez', '/readyz'])

export function serverOptions({ headTime, headBytes }: Limits): ServerOptions {
  return {
    headersTimeout: headTime,
    requestTimeout: 0, // a body may take as long as it does: only silence ends it
    connectionsCheckingInterval: Math.min(LOOK_EVERY_MS, Math.ceil(headTime / 4)),
    maxHeaderSize: headBytes,
  }
}

export interface GuardedParts {
  readonly answer: RequestListener
  /** What is answered to a request to a path that is not taken, but an error. */
  readonly errorText: (path: string, error: AppError) => AnswerText
  /** Proxies that say whose requests theirs are. */
  readonly trustedProxies?: readonly string[] | undefined
}

export interface AnswerText {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** A server that is not listening yet. Whom it refuses, it tells why as the API would. */
export function guardedServer(
  limits: Limits,
  { answer, errorText, trustedProxies = [] }: GuardedParts,
): Server {
  const server = createServer(serverOptions(limits))
  const isTrusted = trustOf(trustedProxies)
  const rate = createRequestRate(limits.requestsByAddress)
  const turns = createTurns()
  const refused = new WeakMap<Socket, AppError>()
  const latestAnswer = new WeakMap<Socket, ServerResponse>()
  const connectionsOf = new Map<string, number>()
  let connections = 0

  function whyNot(address: string, mostOwn: number): AppError | undefined {
    const own = connectionsOf.get(address)!
    if (own > mostOwn) {
      return overLimit('connectionsByAddress', `there are ${own - 1} connections from ${address} already`)
    }
    if (connections <= limits.connections) return undefined
    return overLimit('connections', `there are ${connections - 1} connections already`, {
      code: 'unavailable',
    })
  }

  server.maxConnections = limits.connections + MOST_TOLD
  server.prependListener('connection', (socket: Socket) => {
    const address = callerAddress(socket.remoteAddress)
    // Those of a proxy are many callers'.
    const isOfProxy = isTrusted(plainAddress(socket.remoteAddress ?? ''))
    const mostOwn = isOfProxy ? Infinity : limits.connectionsByAddress
    connections++
    connectionsOf.set(address, (connectionsOf.get(address) ?? 0) + 1)
    socket.once('close', () => {
      connections--
      const left = connectionsOf.get(address)! - 1
      if (left === 0) connectionsOf.delete(address)
      else connectionsOf.set(address, left)
    })
    if (connectionsOf.get(address)! > mostOwn + MOST_TOLD) {
      socket.destroy()
      return
    }
    const refusal = whyNot(address, mostOwn)
    if (refusal === undefined) return
    refused.set(socket, refusal)
    setTimeout(() => socket.destroy(), TELL_WITHIN_MS).unref()
  })
  server.setTimeout(limits.answerSilence, (socket) => {
    // One that waits for us, or we for it, is not silent.
    if (socket.writableLength > 0) socket.destroy()
  })
  server.on('clientError', (error, socket: Socket) => {
    const latest = latestAnswer.get(socket)
    tellMalformed(error, socket, latest?.headersSent === true && !latest.writableFinished)
  })
  server.on('request', (request, response) => {
    latestAnswer.set(request.socket, response)
    noteClient(request, isTrusted)
    void admit(request, response)
  })
  return server

  async function admit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refused.get(request.socket) ?? (await tooOften(request))
    if (request.socket.destroyed) return
    if (refusal !== undefined) refuse(request, response, refusal)
    else if (alwaysAnswered.has(request.url ?? '')) answer(request, response)
    else turns.take(pathOf(request), () => answer(request, response))
  }

  function refuse(request: IncomingMessage, response: ServerResponse, refusal: AppError): void {
    request.resume()
    const { status, headers, text } = errorText(request.url ?? '', refusal)
    response.writeHead(status, {
      ...headers,
      'content-length': Buffer.byteLength(text),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...(refused.has(request.socket) && { connection: 'close' }),
    })
    response.end(text)
  }

  async function tooOften(request: IncomingMessage): Promise<AppError | undefined> {
    if (alwaysAnswered.has(request.url ?? '')) return undefined
    const address = callerAddress(clientOf(request).address)
    const retryAfterSeconds = await rate.secondsToWait(address, request.socket)
    if (retryAfterSeconds === undefined) return undefined
    const most = limits.requestsByAddress
    return overLimit('requestsByAddress', `more than ${most} requests in a second came from ${address}`, {
      retryAfterSeconds,
    })
  }
}

/** By whom a request is, as far as it says itself. */
function pathOf(request: IncomingMessage): string[] {
  const { headers } = request
  return [callerAddress(clientOf(request).address), headers.authorization ?? headers.cookie ?? '']
}

/** What Node.js cannot read, and a head that does not come: there is no request to answer, but a connection. */
function tellMalformed(error: NodeJS.ErrnoException, socket: Socket, isInAnswer: boolean): void {
  const isGone = error.code === 'ECONNRESET' || !socket.writable
  // In the middle of an answer there is no place for another.
  if (isGone || isInAnswer) socket.destroy()
  else socket.end(rawAnswer(problemOfMalformed(error)))
}

function problemOfMalformed({ code, message }: NodeJS.ErrnoException): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const error = overLimit('headBytes', 'the head of the request is too large', { code: 'too-large' })
    return { ...problemOf(error), title: 'Request Header Fields Too Large', status: 431 }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return problemOf(
      new AppError('timed-out', 'the head of the request did not come in time', { limit: 'headTime' }),
    )
  }
  return problemOf(new AppError('invalid', `the request is malformed: ${message}`))
}

function rawAnswer(problem: Problem): string {
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
