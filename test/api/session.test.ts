import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { bearing, keysOfRoles, madeKeys } from '../support/access-keys.ts'
import { browserSession, cookieSetFor, signedIn } from '../support/browser-session.ts'
import { runCli, jsonLines } from '../support/run-cli.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

const publicUrl = 'https://monitor.example.org'
const soon = { timeout: 10_000 }

let server: TestServer
let keys: Awaited<ReturnType<typeof keysOfRoles>>
beforeAll(async () => {
  server = await runningServer({ publicUrl })
  await server.upload('store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n')
  keys = await keysOfRoles(server.databaseUrl)
  const isAsked = async () => expect((await fetch(`${server.url}/stores`)).status).toBe(401)
  await vi.waitFor(isAsked, soon)
})
afterAll(() => server[Symbol.asyncDispose]())

async function detailOf(response: Response): Promise<string> {
  return ((await response.json()) as { detail: string }).detail
}

describe('who signs in with a key', () => {
  test('is given a cookie that no script reads and no other site has sent, and is known by it', async () => {
    const session = browserSession(server.url)
    const body = JSON.stringify({ key: keys.viewer })
    const response = await session.fetch('/session', { method: 'POST', body })
    expect(response.status).toBe(200)
    const { port } = new URL(server.url)
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^store-monitor-${port}=[\\w-]{12}\\.[\\w-]{43}; Max-Age=604800; Path=/; HttpOnly; SameSite=Strict$`,
        ),
      ),
    ])
    const told = {
      isAsked: true,
      name: 'viewer',
      role: 'viewer',
      labels: [],
      session: { way: 'key' },
    }
    expect(await response.json()).toMatchObject(told)
    const read = await session.fetch('/session')
    expect(read.headers.get('cache-control')).toBe('no-store')
    expect(await read.json()).toMatchObject(told)
    const stores = await session.fetch('/stores')
    expect([stores.status, stores.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect((await session.fetch('/keys')).status).toBe(403)
    expect((await session.fetch('/trigger_report', { method: 'POST' })).status).toBe(200)
  })

  test('has a cookie for https alone, where callers reach the server by https', async () => {
    expect(await cookieSetFor('monitor.example.org', server.url, keys.viewer)).toMatch(
      /^__Host-store-monitor=\S+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
  })

  test.for([
    [
      'a wrong key',
      { key: `smk_000000000000_${'x'.repeat(43)}` },
      401,
      /^the key that was sent is none of this server/,
    ],
    ['no key', {}, 400, /^key: write a key$/],
    ['an empty one', { key: '' }, 400, /^key: write a key$/],
    ['a long one', { key: 'x'.repeat(201) }, 400, /^key: /],
    ['a number', { key: 7 }, 400, /^key: write a key$/],
    ['something else besides', { key: 'x', as: 'admin' }, 400, /as/],
  ] as const)('is refused with %s', async ([, body, status, detail]) => {
    const response = await browserSession(server.url).fetch('/session', {
      method: 'POST',
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(status)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await detailOf(response)).toMatch(detail)
  })

  test('signs out, and the cookie is taken no more', async () => {
    const session = await signedIn(server.url, keys.operator)
    const { cookie } = session
    expect((await session.fetch('/session', { method: 'DELETE' })).status).toBe(204)
    expect(session.cookie).toBe('')
    session.cookie = cookie
    const refused = await session.fetch('/stores')
    expect(refused.status).toBe(401)
    expect(await detailOf(refused)).toBe('the session has ended: sign in again')
    expect((await browserSession(server.url).fetch('/session', { method: 'DELETE' })).status).toBe(204)
  })

  test('as somebody else has a session of that one, and the one before is over', async () => {
    const session = await signedIn(server.url, keys.viewer)
    const { cookie } = session
    await session.fetch('/session', { method: 'POST', body: JSON.stringify({ key: keys.admin }) })
    expect(await (await session.fetch('/session')).json()).toMatchObject({ name: 'admin', role: 'admin' })
    session.cookie = cookie
    expect((await session.fetch('/stores')).status).toBe(401)
  })

  test('is the author of what changes', async () => {
    const session = await signedIn(server.url, keys.operator)
    const body = JSON.stringify({ name: 'One' })
    expect((await session.fetch('/stores/a/details', { method: 'PUT', body })).status).toBe(200)
    const { items } = (await (await session.fetch('/changes?limit=1')).json()) as { items: unknown[] }
    expect(items).toMatchObject([{ kind: 'details', author: 'operator' }])
  })
})

describe('a cookie counts only for pages of this server:', () => {
  const changing = { method: 'POST', path: '/trigger_report' }
  const byGet = { method: 'GET', path: '/trigger_report' }
  const reading = { method: 'GET', path: '/stores' }
  const own = () => server.url
  test.for([
    [reading, {}, 200],
    [reading, { 'sec-fetch-site': 'same-origin' }, 200],
    [reading, { 'sec-fetch-site': 'none' }, 200],
    [reading, { 'sec-fetch-site': 'same-site' }, 401],
    [reading, { 'sec-fetch-site': 'cross-site' }, 401],
    [reading, { origin: 'https://evil.example' }, 401],
    [reading, { origin: 'null' }, 401],
    [changing, { 'sec-fetch-site': 'same-origin' }, 200],
    [changing, { origin: 'OWN' }, 200],
    [changing, { origin: publicUrl }, 200],
    [changing, {}, 401],
    [changing, { 'sec-fetch-site': 'none' }, 401],
    [changing, { 'sec-fetch-site': 'same-site' }, 403],
    [changing, { 'sec-fetch-site': 'cross-site', origin: 'OWN' }, 403],
    [changing, { origin: 'https://evil.example' }, 403],
    [changing, { origin: 'null' }, 403],
    [byGet, { 'sec-fetch-site': 'same-origin' }, 200],
    [byGet, { 'sec-fetch-site': 'none' }, 403],
    [byGet, {}, 403],
    [byGet, { 'sec-fetch-site': 'cross-site' }, 401],
  ] as const)('%o with %o is answered with %i', async ([{ method, path }, headers, status]) => {
    const { cookie } = await signedIn(server.url, keys.viewer)
    const sent = Object.entries({ ...headers, cookie }).map(([name, value]) => [
      name,
      value === 'OWN' ? own() : value,
    ])
    const response = await fetch(server.url + path, {
      method,
      headers: Object.fromEntries(sent) as Record<string, string>,
    })
    expect(response.status).toBe(status)
    await response.body?.cancel()
  })

  test('nothing is changed by a GET of tRPC', async () => {
    const session = await signedIn(server.url, keys.operator)
    const input = encodeURIComponent(JSON.stringify({ storeId: 'a', name: 'Two' }))
    for (const more of ['', '&batch=1']) {
      const response = await session.fetch(`/trpc/store.setDetails?input=${input}${more}`)
      expect(response.status).toBe(405)
    }
    const changing = { method: 'POST', body: '{}', headers: { 'sec-fetch-site': 'none' } }
    expect((await session.fetch('/trpc/report.trigger', changing)).status).toBe(401)
  })

  test('a key counts before it', async () => {
    const session = await signedIn(server.url, keys.viewer)
    const other = await session.fetch('/session', { headers: bearing(keys.ingester) })
    expect(await other.json()).toMatchObject({ name: 'ingester', session: null })
    const basic = { authorization: 'Basic dXNlcjpwYXNz' } // as a proxy in front may ask for
    expect(await (await session.fetch('/session', { headers: basic })).json()).toMatchObject({
      name: 'viewer',
    })
  })
})

test('who asks is told through every door', async () => {
  const told = { isAsked: true, name: 'operator', role: 'operator', session: null }
  const client = createStoreMonitorClient({ url: server.url, key: keys.operator })
  expect(await client.session.read.query()).toMatchObject(told)
  const rest = await fetch(`${server.url}/session`, { headers: bearing(keys.operator) })
  expect(await rest.json()).toMatchObject(told)
  const said = await runCli(['keys', 'whoami', '--json', '--url', server.url, '--key', keys.operator])
  expect(jsonLines(said.stdout)).toMatchObject([told])
  const nobody = await runCli(['keys', 'whoami', '--url', server.url])
  expect(nobody.stdout).toContain('nobody: no key was sent')
  const here = await runCli(['keys', 'whoami', '--json', '--database', server.databaseUrl])
  expect(jsonLines(here.stdout)).toMatchObject([{ isAsked: false, role: 'admin', session: null }])
})

describe('a stream of events ends with who follows it:', () => {
  async function end(response: Response): Promise<string> {
    expect(response.status).toBe(200)
    let text = ''
    const decoder = new TextDecoder()
    for await (const bytes of response.body!) text += decoder.decode(bytes as Uint8Array)
    return text
  }

  test('with the session', async () => {
    const session = await signedIn(server.url, keys.viewer)
    const streams = [await session.fetch('/news'), await session.fetch('/trpc/data.news')]
    await session.fetch('/session', { method: 'DELETE' })
    for (const text of await Promise.all(streams.map(end))) expect(text).toMatch(/latestPoll/)
  })

  test('with the key, and with the key that the session was begun with', async () => {
    const [key = ''] = await madeKeys(server.databaseUrl, [{ name: 'leaving' }])
    await expect
      .poll(async () => (await fetch(`${server.url}/stores`, { headers: bearing(key) })).status, soon)
      .toBe(200)
    const session = await signedIn(server.url, key)
    const streams = [
      await fetch(`${server.url}/news`, { headers: bearing(key) }),
      await session.fetch('/news'),
    ]
    const revoked = { method: 'DELETE', headers: bearing(keys.admin) }
    expect((await fetch(`${server.url}/keys/leaving`, revoked)).status).toBe(200)
    for (const text of await Promise.all(streams.map(end))) expect(text).toMatch(/latestPoll/)
    expect((await session.fetch('/stores')).status).toBe(401)
  })
})

test('wrong keys are counted, and a right one is taken all the same', async () => {
  await using fresh = await runningServer()
  const [key = ''] = await madeKeys(fresh.databaseUrl, [{}])
  const session = browserSession(fresh.url)
  const attempt = (tried: string) =>
    session.fetch('/session', { method: 'POST', body: JSON.stringify({ key: tried }) })
  for (let i = 0; i < 20; i++) expect((await attempt('rubbish')).status).toBe(401)
  const refused = await attempt('rubbish')
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).not.toBeNull()
  await expect.poll(async () => (await attempt(key)).status, soon).toBe(200)
})

test('a server without keys tells that nobody is asked', async () => {
  await using open = await runningServer()
  expect(await (await fetch(`${open.url}/session`)).json()).toMatchObject({ isAsked: false, role: 'admin' })
})

describe('those who manage keys', () => {
  test('see who has signed in, and end a session, of which the next request is told', async () => {
    const session = await signedIn(server.url, keys.viewer)
    const client = createStoreMonitorClient({ url: server.url, key: keys.admin })
    const listed = await client.session.list.query({ limit: 1 })
    expect(listed.items).toMatchObject([{ name: 'viewer', way: 'key', role: 'viewer', labels: [] }])
    const overRest = await fetch(`${server.url}/sessions?limit=1`, { headers: bearing(keys.admin) })
    expect(await overRest.json()).toEqual(listed)
    const { sessionId } = listed.items[0]!
    expect((await session.fetch('/stores')).status).toBe(200)
    const ended = await client.session.revoke.mutate({ sessionId, reason: 'left' })
    expect(ended).toEqual(listed.items[0])
    expect((await session.fetch('/stores')).status).toBe(401)
    const { items } = await client.data.changes.query({ kind: 'session-revoked', limit: 1 })
    expect(items).toMatchObject([
      { what: `session ${sessionId} of viewer: viewer, by key`, author: 'admin', reason: 'left' },
    ])
    await expect(client.session.revoke.mutate({ sessionId })).rejects.toMatchObject({ code: 'not-found' })
    const others = await client.session.list.query()
    expect(others.items.map((one) => one.sessionId)).not.toContain(sessionId)
  })

  test('do so by the command line, on the database, too, and another server takes it no more in a second', async () => {
    const session = await signedIn(server.url, keys.operator)
    const at = ['--database', server.databaseUrl]
    const listed = await runCli(['sessions', ...at])
    expect(listed.stdout).toMatch(
      /^SESSION +NAME +BY +ROLE +GROUPS +BEGUN +LAST USED +ENDS\n +\d+ +operator +key/,
    )
    const newest = await runCli(['sessions', 'list', '--json', '--limit', '1', ...at])
    const sessionId = jsonLines(newest.stdout)[0]!['sessionId']
    const ended = await runCli(['sessions', 'revoke', String(sessionId), '--by', 'Ann', '--json', ...at])
    expect(jsonLines(ended.stdout)).toMatchObject([{ sessionId, name: 'operator' }])
    await vi.waitFor(async () => expect((await session.fetch('/stores')).status).toBe(401), soon)
    expect(await runCli(['sessions', 'revoke', String(sessionId), ...at])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(
        `there is no session ${String(sessionId)} that has not ended`,
      ) as string,
    })
  })
})
