import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { madeKeys } from '../support/access-keys.ts'
import { curl } from '../support/curl.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'
import { storedReport } from '../support/stored-report.ts'
import { testDatabase } from '../support/test-database.ts'

const polls = 'store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n'
const publicUrl = 'https://monitor.example.org'

let server: TestServer

beforeAll(async () => {
  server = await runningServer({ publicUrl })
  await server.upload(polls)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly problem: Record<string, unknown>
}

/** What a request is answered whose first lines are written as they are. */
async function raw(firstLines: string, at = server): Promise<RawAnswer> {
  const socket = connect(Number(new URL(at.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(`${firstLines}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  const isProblem = head.includes('application/problem+json')
  return {
    status: Number(head.split(' ')[1]),
    head,
    problem: isProblem ? (JSON.parse(body) as Record<string, unknown>) : {},
  }
}

function fieldsOf(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => ` -H '${name}: ${value}'`)
    .join('')
}

describe('on loopback, a request is answered whose Host is', () => {
  test.for([
    '127.0.0.1',
    '127.0.0.1:1',
    '127.255.3.4:8000',
    'localhost',
    'LocalHost:99',
    '[::1]:8000',
    'monitor.example.org',
    'monitor.example.org:8443',
  ])('%s', async (host) => {
    expect((await raw(`GET /livez HTTP/1.1\r\nHost: ${host}`)).status).toBe(200)
  })
})

describe('on loopback, a name that a page had led here is refused:', () => {
  test.for([
    'evil.example',
    'evil.example:8000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'monitor.example.org.evil.example',
    '192.168.1.5',
    '0.0.0.0',
    '[::2]',
    '128.0.0.1',
  ])('%s', async (host) => {
    for (const request of ['GET /reports', 'GET /', 'GET /docs', 'POST /trigger_report', 'GET /nothing']) {
      const { status, head, problem } = await raw(`${request} HTTP/1.1\r\nHost: ${host}`)
      expect(status).toBe(403)
      expect(head).toMatch(/^x-content-type-options: nosniff\r$/im)
      expect(problem).toMatchObject({
        status: 403,
        title: 'Forbidden',
        error: 'Not allowed',
        detail: expect.stringMatching(/call it as 127\.0\.0\.1 .*set PUBLIC_URL/) as string,
      })
      expect(problem['detail']).toContain(`"${host}"`)
    }
  })

  test('also over tRPC, whose clients are told so as tRPC tells it', async () => {
    const { status, json } = await curl(`curl -H 'Host: evil.example' ${server.url}/trpc/health`)
    expect(status).toBe(403)
    expect(json).toMatchObject({
      error: {
        message: expect.stringMatching(/^this server listens on 127\.0\.0\.1 and does not answer/) as string,
        data: { code: 'FORBIDDEN', httpStatus: 403, appErrorCode: 'forbidden' },
      },
    })
  })
})

describe('a Host that is none is malformed:', () => {
  test.for(['1.2.3.4.5', '1.2.3.256', '[::g]', 'a b', 'a:99999', 'a/b', 'user@localhost', 'x%00y', '%'])(
    '%s',
    async (host) => {
      for (const path of ['/reports', '/trigger_report', '/trpc/health']) {
        const { status, head } = await raw(`GET ${path} HTTP/1.1\r\nHost: ${host}`)
        expect(status).toBe(400)
        expect(head).toMatch(/^content-type: application\/(problem\+)?json/im)
      }
      expect(server.errors).toEqual([])
    },
  )
})

/** What changes something, through every door. */
const changes = [
  ['POST', '/trigger_report'],
  ['GET', '/trigger_report'],
  ['GET', '/api/trigger_report/'],
  ['GET', '/csv/trigger_report'],
  ['GET', '/csv/api/v1/trigger_report/'],
  ['GET', '/reports/trigger_report'],
  ['POST', '/imports'],
  ['DELETE', '/reports/00000000-0000-4000-8000-000000000000'],
  ['POST', '/imports/1/cancel'],
  ['POST', '/trpc/report.trigger'],
  ['POST', '/nothing'],
] as const

describe('what changes something is refused where it is asked for by a page', () => {
  test.for([
    ['of another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
    ['of another site, as an image', { 'Sec-Fetch-Site': 'cross-site' }],
    ['of another port of this machine', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://127.0.0.1:1' }],
    ['of another site, in a browser that only says Origin', { Origin: 'https://evil.example' }],
    ['of another port, in such a browser', { Origin: 'http://127.0.0.1:1' }],
    ['without an origin', { Origin: 'null' }],
  ] as const)('%s', async ([, headers]) => {
    for (const [method, path] of changes) {
      const { status, text } = await curl(`curl -X ${method}${fieldsOf(headers)} ${server.url}${path}`)
      expect(`${method} ${path} ${status}`).toBe(`${method} ${path} 403`)
      expect(text).toContain(`${method} ${path} was asked for by a page of another origin`)
      expect(text).toContain(Object.entries(headers)[0]!.join(': '))
      expect(text).toContain('set PUBLIC_URL')
    }
    const { json } = await curl(`curl ${server.url}/reports`)
    expect(json['items']).toEqual([])
  })

  test('and is not done: neither by fetch without CORS, nor by a form', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const headers = { 'content-type': type, origin: 'https://evil.example' }
      const response = await fetch(`${server.url}/imports`, { method: 'POST', body: polls, headers })
      expect(response.status).toBe(403)
      await response.body?.cancel()
    }
    const { json } = await curl(`curl ${server.url}/imports`)
    expect(json['items']).toHaveLength(1)
  })

  test('by every path that the document has for asking by GET', async () => {
    const document = (await curl(`curl ${server.url}/openapi.json`)).json
    interface PathItem {
      readonly get?: { readonly summary: string }
      readonly servers?: readonly { readonly url: string }[]
    }
    const paths = Object.entries(document['paths'] as Record<string, PathItem>)
      .filter(([, { get }]) => get?.summary.startsWith('Request a report'))
      .flatMap(([path, { servers }]) => servers!.map(({ url }) => url.replace(/\/$/, '') + path))
    expect(paths.length).toBeGreaterThan(4)
    for (const path of paths) {
      const { status } = await curl(`curl -H 'Sec-Fetch-Site: cross-site' ${server.url}${path}`)
      expect(`${path} ${status}`).toBe(`${path} 403`)
    }
  })
})

describe('what changes something is done where it is asked for', () => {
  test.for([
    ['by a program', {}],
    ['by a page of this server', { 'Sec-Fetch-Site': 'same-origin', Origin: 'SERVER' }],
    ['by a page of this server, in a browser that only says Origin', { Origin: 'SERVER' }],
    [
      'by a page of this server that does not tell where it is',
      { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' },
    ],
    ['by a person, in the address bar', { 'Sec-Fetch-Site': 'none' }],
    ['by a page behind the proxy', { Origin: publicUrl }],
  ] as const)('%s', async ([, headers]) => {
    const said = fieldsOf(headers).replace('SERVER', server.url)
    expect((await curl(`curl${said} ${server.url}/trigger_report`)).status).toBe(200)
    expect(
      (
        await curl(
          `curl -X POST${said} -H 'Content-Type: application/json' ${server.url}/trpc/report.trigger`,
        )
      ).status,
    ).toBe(200)
    const id = await storedReport(server.databaseUrl)
    expect((await curl(`curl -X DELETE${said} ${server.url}/reports/${id}`)).status).toBe(200)
  })
})

test('what only reads is answered wherever it is asked from: a browser keeps the answer from the page', async () => {
  const { status, headers } = await curl(
    `curl -H 'Sec-Fetch-Site: cross-site' -H 'Origin: https://evil.example' ${server.url}/reports`,
  )
  expect(status).toBe(200)
  expect(headers).not.toHaveProperty('access-control-allow-origin')
})

test('a server on other addresses that asks for no keys has any name that no stranger can have', async () => {
  const publicUrl = 'https://monitor.example.org'
  await using open = await runningServer({ host: '0.0.0.0', insecure: true, publicUrl })
  const { port } = new URL(open.url)
  const statusAt = async (host: string) =>
    (await curl(`curl -H 'Host: ${host}:${port}' http://127.0.0.1:${port}/reports`)).status
  for (const host of [
    '127.0.0.1',
    '10.0.0.7',
    '[fd00::7]',
    'server',
    'a.svc.cluster.local',
    'monitor.example.org',
  ]) {
    expect([host, await statusAt(host)]).toEqual([host, 200])
  }
  for (const host of ['evil.example', 'monitor.example.org.evil.example', '10.0.0.7.nip.io']) {
    expect([host, await statusAt(host)]).toEqual([host, 403])
  }
})

test('a server on other addresses with keys has any name, but takes no changes from pages of other origins', async () => {
  await using database = await testDatabase()
  const [key = ''] = await madeKeys(database.url, [{ role: 'operator' }])
  await using open = await runningServer({ host: '0.0.0.0', databaseUrl: database.url })
  const url = `http://127.0.0.1:${new URL(open.url).port}`
  const named = `-H 'Host: monitor.example.org:8000' -H 'Authorization: Bearer ${key}'`
  expect((await curl(`curl ${named} ${url}/livez`)).status).toBe(200)
  const ask = (origin: string) =>
    curl(`curl -X POST ${named} -H 'Origin: ${origin}' -d '' ${url}/trigger_report`)
  expect((await ask('https://evil.example')).status).toBe(403)
  expect((await ask('http://monitor.example.org:8000')).status).toBe(409) // as there are no polls
  expect((await raw('GET /reports HTTP/1.1\r\nHost: 1.2.3.4.5', open)).status).toBe(400)
})
