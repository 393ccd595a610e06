import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface LoopbackServer extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly IncomingMessage[]
  /** How many connected to it. */
  readonly connections: number
  /** What it answers from now on. */
  answer: (request: IncomingMessage, response: ServerResponse) => void
}

/** A server of somebody else, on loopback. */
export async function loopbackServer(
  answer: LoopbackServer['answer'],
  host = '127.0.0.1',
): Promise<LoopbackServer> {
  const requests: IncomingMessage[] = []
  let connections = 0
  const server = createServer((request, response) => {
    requests.push(request)
    loopback.answer(request, response)
  })
  server.on('connection', () => connections++)
  await once(server.listen(0, host), 'listening')
  const { port } = server.address() as AddressInfo
  const loopback: LoopbackServer = {
    url: `http://${host}:${port}`,
    requests,
    get connections() {
      return connections
    },
    answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return loopback
}
