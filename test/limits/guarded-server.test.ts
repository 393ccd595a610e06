import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { runningServer } from '../support/running-server.ts'

async function connected(url: string, localAddress?: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** What is said on a connection until it ends. */
async function answerTo(url: string, request: string): Promise<string> {
  const socket = await connected(url)
  socket.write(request)
  return text(socket)
}

const livez = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

test('who asks too often is told when to come again, but for whether the server is alive', async () => {
  await using server = await runningServer({ limits: { requestsByAddress: 3 } })
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/reports`)))
  const refused = answers.find(({ status }) => status === 429)!
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.headers.get('content-type')).toBe('application/problem+json')
  expect(await refused.json()).toEqual({
    type: 'about:blank',
    title: 'Too Many Requests',
    status: 429,
    detail:
      'more than 3 requests in a second came from 127.0.0.1 (limits.requestsByAddress, STORE_MONITOR_LIMIT_REQUESTS_BY_ADDRESS)',
    error: 'Busy',
    limit: 'requestsByAddress',
  })
  const ofTrpc = await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/trpc/health`)))
  const refusedCall = ofTrpc.find(({ status }) => status === 429)!
  expect(await refusedCall.json()).toMatchObject({
    error: { data: { appErrorCode: 'busy', httpStatus: 429 } },
  })
  const alive = await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/livez`)))
  expect(new Set(alive.map(({ status }) => status))).toEqual(new Set([200]))
})

test('who goes on all the same is answered late, and cut where more is asked on the connection', async () => {
  await using server = await runningServer({ limits: { requestsByAddress: 1 } })
  const asked = 'GET /reports HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const answers = await answerTo(server.url, asked.repeat(10))
  const statuses = Array.from(answers.matchAll(/^HTTP\/1\.1 (\d+)/gm), ([, status]) => status)
  expect(statuses.length).toBeLessThan(4)
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  expect(server.errors).toEqual([])
})

test.skipIf(process.platform !== 'linux')(
  'who asks for much is not answered to the end before others',
  async () => {
    await using server = await runningServer()
    const asked = 'GET /reports HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const socket = await connected(server.url, '127.0.0.2')
    socket.write(asked.repeat(500))
    await once(socket, 'data')
    expect((await fetch(`${server.url}/stores`)).status).toBe(200)
    const pathsOf = () => server.happened.flatMap((one) => (one.type === 'request' ? one.request.path : []))
    expect(pathsOf().length).toBeLessThan(500)
    socket.resume()
    await expect.poll(() => pathsOf().length, { timeout: 30_000 }).toBe(501)
    socket.destroy()
    expect(server.errors).toEqual([])
  },
)

test('a connection too many is told so, and there is room when another one ends', async () => {
  await using server = await runningServer({ limits: { connections: 2 } })
  const first = await connected(server.url)
  const second = await connected(server.url)
  const refused = await answerTo(server.url, livez)
  expect(refused).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
  expect(refused).toMatch(/\r\nretry-after: 5\r\n/i)
  expect(refused).toContain('"limit":"connections"')
  first.destroy()
  second.destroy()
  await expect.poll(() => answerTo(server.url, livez)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

test('so is one too many from an address', async () => {
  await using server = await runningServer({ limits: { connectionsByAddress: 1 } })
  const first = await connected(server.url)
  const refused = await answerTo(server.url, livez)
  expect(refused).toMatch(/^HTTP\/1\.1 429 /)
  expect(refused).toContain('"limit":"connectionsByAddress"')
  expect(first.destroyed).toBe(false)
  first.destroy()
})

test('a head that does not come, or not to its end, is answered, and the connection ends', async () => {
  await using server = await runningServer({ limits: { headTime: 50 } })
  for (const start of ['', 'GET /livez HTTP/1.1\r\nHost: ']) {
    const answer = await answerTo(server.url, start)
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(answer).toContain('"limit":"headTime"')
  }
})

test('a head that is too large, and what is no HTTP, are problems as all others', async () => {
  await using server = await runningServer({ limits: { headBytes: 2048 } })
  const large = await answerTo(
    server.url,
    `GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(4096)}\r\n\r\n`,
  )
  expect(large).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
  expect(large).toContain('"limit":"headBytes"')
  const none = await answerTo(server.url, 'HELLO\r\n\r\n')
  expect(none).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/)
})

test('an answer that nobody reads is given up, and its connection with it', async () => {
  await using server = await runningServer({ limits: { answerSilence: 100, connectionsByAddress: 1 } })
  const rows = Array.from({ length: 40_000 }, (_, i) => `s${i},active,2023-01-24 10:00:00 UTC\n`)
  await server.upload(`store_id,status,timestamp_utc\n${rows.join('')}`)
  const socket = await connected(server.url)
  socket.pause()
  // Asked for often enough that what is answered is more than systems keep for a reader.
  socket.write('GET /polls HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50))
  const refused = await answerTo(server.url, livez)
  expect(refused).toContain('connectionsByAddress')
  await expect.poll(() => answerTo(server.url, livez), { timeout: 30_000 }).toMatch(/^HTTP\/1\.1 200 OK/)
  socket.destroy()
  expect(server.errors).toEqual([])
})
