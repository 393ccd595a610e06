import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { trackConnections, type Connections } from '../../server/connections.ts'

type Answer = Parameters<typeof createServer>[1]

async function serverOf(
  answer: Answer,
): Promise<AsyncDisposable & { port: number; connections: Connections }> {
  const server: Server = createServer({ keepAliveTimeout: 600_000 }, answer)
  const connections = trackConnections(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      if (server.listening) await server[Symbol.asyncDispose]()
    },
  }
}

/** Longer than the test runner waits. */
const FOREVER_MS = 3_600_000

test('a file that was handed over whole reaches a reader who had hardly begun', async () => {
  const bytes = 20_000_000
  await using server = await serverOf((_, response) => response.end(Buffer.alloc(bytes)))
  const [file] = (await once(get({ port: server.port }), 'response')) as [IncomingMessage]
  const ended = server.connections.end(FOREVER_MS)
  let received = 0
  for await (const chunk of file) received += (chunk as Buffer).length
  expect(received).toBe(bytes)
  await ended
})

test('a connection that is kept alive ends with the answer that was under way on it', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { promise: told, resolve: tell } = Promise.withResolvers<void>()
  await using server = await serverOf((_, response) => {
    ask()
    void told.then(() => response.end('done'))
  })
  const idle = connect(server.port, '127.0.0.1')
  await once(idle, 'connect')
  const busy = connect(server.port, '127.0.0.1')
  busy.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await asked
  const ended = server.connections.end(FOREVER_MS)
  await once(idle.resume(), 'close')
  tell()
  const [answer] = (await once(busy, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/done/)
  await ended
})

test('a stream of events ends, also one that begins after that', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { promise: told, resolve: tell } = Promise.withResolvers<void>()
  await using server = await serverOf((request, response) => {
    server.connections.addEventStream(response)
    if (request.url === '/early') {
      response.write('data: early\n\n')
      return
    }
    ask()
    void told.then(() => response.write('data: late\n\n'))
  })
  const [early] = (await once(get({ port: server.port, path: '/early' }), 'response')) as [IncomingMessage]
  const lateResponse = once(get({ port: server.port, path: '/late' }), 'response')
  await asked
  const ended = server.connections.end(FOREVER_MS)
  tell()
  const [late] = (await lateResponse) as [IncomingMessage]
  expect([await textOf(early), await textOf(late)]).toEqual(['data: early\n\n', 'data: late\n\n'])
  expect([early.complete, late.complete]).toEqual([true, true])
  await ended
})

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

test('what does not end is cut', async () => {
  await using server = await serverOf((_, response) => response.write('a'))
  const [endless] = (await once(get({ port: server.port }), 'response')) as [IncomingMessage]
  const aborted = once(endless.resume(), 'error')
  await server.connections.end(10)
  await aborted
  expect(endless.complete).toBe(false)
})
