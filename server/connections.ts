import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

const LOOK_AGAIN_MS = 50

export interface Connections {
  /** To be told of an answer that is a stream of events. */
  addEventStream(response: ServerResponse): void
  /**
   * Takes no further connection and waits for the open answers to end, but no longer than `withinMs`: what is open then
   * is cut. Streams of events would not end by themselves, so they do at once, for their readers to connect elsewhere.
   */
  end(withinMs: number): Promise<void>
}

/**
 * Keeps track of a server's connections from before it listens, to end each when nothing is answered on it. Node.js's
 * own `close` would destroy one whose answer has been handed over but not sent: a slow reader loses the end of a file.
 */
export function trackConnections(server: Server): Connections {
  const answersOf = new Map<Socket, Set<ServerResponse>>()
  const eventStreams = new Set<ServerResponse>()
  let isEnding = false

  server.on('connection', (socket: Socket) => {
    answersOf.set(socket, new Set())
    socket.once('close', () => answersOf.delete(socket))
  })
  server.on('request', ({ socket }, response) => {
    const answers = answersOf.get(socket)
    answers?.add(response)
    response.once('close', () => {
      answers?.delete(response)
      if (isEnding) endIfIdle(socket)
    })
  })

  function endIfIdle(socket: Socket): void {
    if (!answersOf.get(socket)?.size) socket.destroySoon()
  }

  function endEventStreams(): void {
    for (const response of eventStreams) if (response.headersSent) response.end()
  }

  return {
    addEventStream(response) {
      if (response.closed) return
      eventStreams.add(response)
      response.once('close', () => eventStreams.delete(response))
    },
    async end(withinMs) {
      const { promise: closed, resolve } = Promise.withResolvers<void>()
      isEnding = true
      NetServer.prototype.close.call(server, () => resolve())
      for (const socket of answersOf.keys()) endIfIdle(socket)
      endEventStreams()
      // A stream may begin that was asked for before.
      const looking = setInterval(endEventStreams, LOOK_AGAIN_MS)
      const cut = setTimeout(() => server.closeAllConnections(), withinMs)
      await closed
      clearInterval(looking)
      clearTimeout(cut)
    },
  }
}
