import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { LookupAddress } from 'node:dns'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { isPublicAddress } from '../../server/outgoing/addresses.ts'
import { createOutgoing, type OutgoingRequest, type OutgoingSetting } from '../../server/outgoing/outgoing.ts'

let parts = new AsyncDisposableStack()
afterEach(async () => {
  await parts.disposeAsync()
  parts = new AsyncDisposableStack()
})

interface Heard {
  readonly url: string
  readonly port: number
  /** What was asked, and how many connected. */
  readonly requests: string[]
  connections: number
}

async function listening(answer: RequestListener): Promise<Heard> {
  const requests: string[] = []
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`)
    answer(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  parts.defer(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const heard = { url: `http://127.0.0.1:${port}/`, port, requests, connections: 0 }
  server.on('connection', () => heard.connections++)
  return heard
}

function outgoing(setting: Partial<OutgoingSetting> = {}) {
  const made = createOutgoing({ mayConnectTo: () => true, maxConnections: 4, userAgent: 'test', ...setting })
  parts.use(made)
  return {
    ask: (url: string, request: Partial<OutgoingRequest> = {}) =>
      made.ask({ url, timeoutMs: 5000, maxBytes: 1000, ...request }, async ({ status, body }) => {
        const chunks = await Array.fromAsync(body)
        return `${status} ${Buffer.concat(chunks).toString()}`
      }),
  }
}

test('what is answered is read, also packed, and the connection is kept', async () => {
  const server = await listening((_, response) => {
    response.setHeader('content-encoding', 'gzip').end(gzipSync('as it is'))
  })
  const { ask } = outgoing()
  expect(await ask(server.url)).toBe('200 as it is')
  expect(await ask(`${server.url}again`, { method: 'POST', body: 'x' })).toBe('200 as it is')
  expect(server).toMatchObject({ connections: 1, requests: ['GET / -', 'POST /again -'] })
})

test.for([
  ['127.0.0.1', '127.0.0.1:PORT'],
  ['localhost', 'localhost:PORT'],
  ['a number', '2130706433:PORT'],
  ['an octal number', '0177.0.0.1:PORT'],
  ['all addresses', '0.0.0.0:PORT'],
  ['IPv4 in IPv6', '[::ffff:127.0.0.1]:PORT'],
  ['IPv4 in IPv6, in hexadecimal', '[::ffff:7f00:1]:PORT'],
] as const)('no byte goes to this machine unless that is allowed: %s', async ([, host]) => {
  const server = await listening((_, response) => response.end('secret'))
  const url = `http://${host.replace('PORT', String(server.port))}/`
  await expect(outgoing({ mayConnectTo: isPublicAddress }).ask(url)).rejects.toMatchObject({
    reason: 'forbidden',
  })
  expect(server).toMatchObject({ connections: 0, requests: [] })
})

/** As if the server of a test were on the public internet. */
const isPublicOrOurs = (address: string) => address === '127.0.0.1' || isPublicAddress(address)

test.for([
  'http://169.254.169.254/latest/meta-data/',
  'http://10.0.0.1/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://[::ffff:169.254.169.254]/',
  'http://[fd00:ec2::254]/',
  'http://inside.test/',
])('a redirect to %s is refused', async (location) => {
  const server = await listening((_, response) => response.writeHead(302, { location }).end())
  const resolve = resolving({ 'inside.test': ['10.0.0.1', 'fd00::1'] })
  const { ask } = outgoing({ mayConnectTo: isPublicOrOurs, resolve })
  await expect(ask(server.url)).rejects.toMatchObject({ reason: 'forbidden' })
  expect(server.requests).toHaveLength(1)
})

test('a redirect to what is not HTTP, and one that goes round in circles, are refused', async () => {
  const file = await listening((_, response) =>
    response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  )
  const circle = await listening((_, response) => response.writeHead(302, { location: '/' }).end())
  await expect(outgoing().ask(file.url)).rejects.toMatchObject({ reason: 'redirects' })
  await expect(outgoing().ask(circle.url)).rejects.toThrow(/more than 5 redirects/)
  expect(circle.requests).toHaveLength(6)
})

test('a secret is told to the origin it is for, and to no other that it leads to', async () => {
  const other = await listening((_, response) => response.end('done'))
  const first = await listening((request, response) => {
    const location = request.url === '/' ? '/moved' : `${other.url}elsewhere`
    response.writeHead(307, { location }).end()
  })
  const headers = { authorization: 'secret' }
  expect(await outgoing().ask(first.url, { headers, method: 'POST', body: 'x' })).toBe('200 done')
  expect(first.requests).toEqual(['POST / secret', 'POST /moved secret'])
  expect(other.requests).toEqual(['POST /elsewhere -'])
})

test('a name is judged by the address that is connected to, each time anew', async () => {
  const server = await listening((_, response) => {
    response.setHeader('connection', 'close').end('public')
  })
  const answers = [['127.0.0.1'], ['10.0.0.1'], ['10.0.0.1', '127.0.0.1']]
  const resolve = resolving({ 'rebinding.test': () => answers.shift() ?? [] })
  const { ask } = outgoing({ mayConnectTo: isPublicOrOurs, resolve })
  const url = `http://rebinding.test:${server.port}/`
  expect(await ask(url)).toBe('200 public')
  await expect(ask(url)).rejects.toThrow(/^rebinding\.test \(10\.0\.0\.1\) is no address of the public/)
  expect(await ask(url)).toBe('200 public')
  expect(answers).toEqual([])
  expect(server.connections).toBe(2)
})

test('what is too long, packed otherwise, broken off or never said is no answer', async () => {
  const long = await listening((_, response) => {
    response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(1001)))
  })
  const odd = await listening((_, response) => response.setHeader('content-encoding', 'br').end('x'))
  const broken = await listening((_, response) => {
    response.setHeader('content-length', 100)
    response.write('x', () => response.destroy())
  })
  const silent = await listening(() => {})
  const { ask } = outgoing()
  await expect(ask(long.url)).rejects.toMatchObject({ reason: 'too-large' })
  await expect(ask(odd.url)).rejects.toMatchObject({ reason: 'encoding' })
  await expect(ask(broken.url)).rejects.toMatchObject({
    reason: 'connection',
    message: expect.stringMatching(/: the answer broke off \(/) as string,
  })
  await expect(ask(silent.url, { timeoutMs: 20 })).rejects.toMatchObject({ reason: 'timeout' })
  await expect(ask('http://127.0.0.1:1/')).rejects.toMatchObject({ reason: 'connection' })
  await expect(ask(`https://127.0.0.1:${silent.port}/`)).rejects.toMatchObject({ reason: 'tls' })
})

test('a name that has no address is told as that, without the rest of the URL', async () => {
  const resolve: OutgoingSetting['resolve'] = (_, __, answer) =>
    answer(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), [])
  const asked = outgoing({ resolve }).ask('http://none.test/path?key=secret')
  await expect(asked).rejects.toMatchObject({
    reason: 'dns',
    message: 'none.test: the name has no address (getaddrinfo ENOTFOUND)',
  })
})

test('who asked may give up', async () => {
  const server = await listening(() => giveUp.abort(new Error('enough')))
  const giveUp = new AbortController()
  await expect(outgoing().ask(server.url, { signal: giveUp.signal })).rejects.toThrow('enough')
})

function resolving(
  hosts: Readonly<Record<string, readonly string[] | (() => readonly string[])>>,
): NonNullable<OutgoingSetting['resolve']> {
  return (host, _, answer) => {
    const found = hosts[host] ?? []
    const addresses = typeof found === 'function' ? found() : found
    answer(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
}
