import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { readConfig } from '../../server/config.ts'
import { bearing, madeKeys } from '../support/access-keys.ts'
import { signedIn } from '../support/browser-session.ts'
import { openPage } from '../support/browser-page.ts'
import { chromiumPath } from '../support/chromium.ts'
import { loopbackServer, type LoopbackServer } from '../support/loopback-server.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

const allowed = 'https://pages.example'
const elsewhere = { 'sec-fetch-site': 'cross-site' }

let server: TestServer
let page: LoopbackServer
let key = ''
beforeAll(async () => {
  page = await loopbackServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<p>A page</p>'),
  )
  server = await runningServer({ allowedOrigins: [allowed, page.url] })
  await server.upload('store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n')
  ;[key = ''] = await madeKeys(server.databaseUrl, [{ role: 'operator' }])
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await page[Symbol.asyncDispose]()
})

async function ask(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; cors: Record<string, string> }> {
  const response = await fetch(server.url + path, init)
  await response.body?.cancel()
  const cors = [...response.headers].filter(([name]) => name.startsWith('access-control'))
  return { status: response.status, cors: Object.fromEntries(cors) }
}

describe('a page of an allowed origin', () => {
  const origin = { origin: allowed, ...elsewhere }
  const readable = {
    'access-control-allow-origin': allowed,
    'access-control-expose-headers': expect.stringContaining('X-Request-Id') as string,
  }

  test('reads and changes with a key, also by tRPC, and reads why it may not', async () => {
    const headers = { ...origin, ...bearing(key) }
    expect(await ask('/stores', { headers })).toEqual({ status: 200, cors: readable })
    expect(await ask('/trpc/store.list', { headers })).toEqual({ status: 200, cors: readable })
    expect(await ask('/trigger_report', { method: 'POST', headers })).toEqual({ status: 200, cors: readable })
    expect(await ask('/stores', { headers: origin })).toEqual({ status: 401, cors: readable })
    expect(await ask('/nothing', { headers })).toEqual({ status: 404, cors: readable })
  })

  test('is answered what a browser asks beforehand', async () => {
    const asked = {
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,x-a',
    }
    expect(await ask('/stores/a/details', { method: 'OPTIONS', headers: { ...origin, ...asked } })).toEqual({
      status: 204,
      cors: {
        'access-control-allow-origin': allowed,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
        'access-control-allow-headers': 'authorization,x-a',
        'access-control-max-age': '600',
      },
    })
  })

  test('has no session, and changes nothing without a key', async () => {
    const { cookie } = await signedIn(server.url, key)
    expect((await ask('/stores', { headers: { ...origin, cookie } })).status).toBe(401)
    expect((await ask('/trigger_report', { method: 'POST', headers: { ...origin, cookie } })).status).toBe(
      403,
    )
    expect((await ask('/trigger_report', { headers: { ...origin, cookie } })).status).toBe(401)
  })
})

describe('a page of another origin', () => {
  test.for([
    'https://evil.example',
    'https://pages.example.evil.example',
    'http://pages.example',
    'null',
    `${allowed}:8443`,
  ])('%s is told nothing, whatever it has', async (origin) => {
    const headers = { origin, ...elsewhere, ...bearing(key) }
    expect(await ask('/stores', { headers })).toEqual({ status: 200, cors: {} })
    expect(await ask('/trigger_report', { method: 'POST', headers })).toEqual({ status: 403, cors: {} })
    const asked = { ...headers, 'access-control-request-method': 'GET' }
    expect(await ask('/stores', { method: 'OPTIONS', headers: asked })).toEqual({ status: 403, cors: {} })
  })

  test('is told nothing by a server that allows none', async () => {
    await using closed = await runningServer()
    const response = await fetch(`${closed.url}/stores`, { headers: { origin: allowed } })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('vary')).not.toMatch(/origin/)
  })
})

describe.skipIf(chromiumPath === undefined)('a browser', () => {
  const call = (url: string) =>
    `fetch('${url}/stores', { headers: { authorization: 'Bearer ${key}' } }).then((answer) => answer.status, String)`

  test('lets the page of an allowed origin read, and no other', async () => {
    await using opened = await openPage(page.url)
    await opened.page.goto(page.url)
    expect(await opened.page.evaluate(call(server.url))).toBe(200)
    await using closed = await runningServer({ databaseUrl: server.databaseUrl })
    expect(await opened.page.evaluate(call(closed.url))).toMatch(/Failed to fetch/)
  })
})

test.for([
  ['', []],
  ['https://a.example', ['https://a.example']],
  [' https://a.example, http://b.example:8080 ', ['https://a.example', 'http://b.example:8080']],
] as const)('the setting %j is %j', ([text, origins]) => {
  expect(readConfig({ STORE_MONITOR_ALLOWED_ORIGINS: text }).allowedOrigins).toEqual(origins)
})

test.for([
  '*',
  'null',
  'a.example',
  'https://a.example/',
  'https://A.example',
  'ftp://a.example',
  'https://a.example/x',
])('the setting %j is refused', (text) => {
  expect(() => readConfig({ STORE_MONITOR_ALLOWED_ORIGINS: text })).toThrow(
    /is no origin: write a scheme and a host/,
  )
})

test('the client tells a page what may be missing, where a browser tells it nothing', async () => {
  vi.stubGlobal('location', { origin: 'https://elsewhere.example' })
  try {
    const fetch = () => Promise.reject(new TypeError('Failed to fetch'))
    const client = createStoreMonitorClient({ url: 'https://monitor.example.org', key, fetch })
    await expect(client.store.list.query({})).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /does its setting allowedOrigins .* have https:\/\/elsewhere\.example/,
      ) as string,
    })
  } finally {
    vi.unstubAllGlobals()
  }
})
