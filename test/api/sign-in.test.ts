/** Signing in at a provider of OpenID Connect, which is a real one. */
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { attemptIn, beginAttempt } from '../../server/access/oidc/attempt.ts'
import { oidcSetting } from '../../server/config-file/oidc-setting.ts'
import { providerPath as signInPath, providerReturnPath as returnPath } from '../../shared/way-in.ts'
import { bearing, madeKeys } from '../support/access-keys.ts'
import { browsing, type Browsing } from '../support/browsing.ts'
import {
  arrivedBack,
  identityProvider,
  TOKEN_LASTS_MS,
  type IdentityProvider,
} from '../support/identity-provider.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'

const soon = { timeout: 30_000 }
const asProgram = { headers: { accept: 'application/json' } }
const polls = 'store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n'

let provider: IdentityProvider
let server: TestServer
beforeAll(async () => {
  provider = await identityProvider()
  server = await serving()
  provider.know('ann', { groups: ['x', 'staff'], email: 'ann@soup.example', email_verified: true })
  provider.know('bob', { groups: ['owners'], email: 'bob@soup.example', email_verified: true })
  provider.know('carl', { groups: ['staff'] })
  provider.know('eve', { groups: ['<b>strangers</b>'] })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})
beforeEach(() => provider.interrupt())

/** A server where people sign in at the provider. */
async function serving(setting: Parameters<typeof runningServer>[0] = {}): Promise<TestServer> {
  const started = await runningServer({ oidc: provider.setting(), ...setting })
  provider.register(started.url + returnPath)
  provider.register(`${started.url}/`)
  return started
}

const arrive = (person: string | undefined, at = server, query = '') => arrivedBack(at.url, person, query)

async function signInAs(person: string, at = server): Promise<Browsing> {
  const { browser, back } = await arrive(person, at)
  const response = await browser.ask(back)
  if (response.status !== 303) throw new Error(`${response.status} ${await response.text()}`)
  return browser
}

async function detailOf(response: Response): Promise<string> {
  return ((await response.json()) as { detail: string }).detail
}

function ownHeaders(more: object = {}): RequestInit['headers'] {
  return { accept: 'application/json', 'sec-fetch-site': 'same-origin', ...more }
}

describe('who signs in at a provider', () => {
  test('comes back to the page, with a session of the role that is mapped', async () => {
    const began = await browsing().ask(`${server.url + signInPath}?return_to=/`)
    const { port } = new URL(server.url)
    expect(began.status).toBe(302)
    expect(began.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        new RegExp(`^store-monitor-sign-in-${port}=\\S+; Max-Age=600; Path=/; HttpOnly; SameSite=Lax$`),
      ),
    ])
    const { browser, back } = await arrive('ann', server, '?return_to=%2Fstores%3Fq%3DZ%C3%BCrich')
    const response = await browser.ask(back)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/stores?q=Z%C3%BCrich'])
    expect(response.headers.getSetCookie().join('\n')).toMatch(
      new RegExp(`store-monitor-${port}=\\S+; Max-Age=604800; Path=/; HttpOnly; SameSite=Strict`),
    )
    expect([...browser.cookiesOf(server.url).keys()]).toEqual([`store-monitor-${port}`])
    const told = await browser.ask(`${server.url}/session`, asProgram)
    expect(await told.json()).toMatchObject({
      isAsked: true,
      name: 'ann@soup.example',
      role: 'operator',
      labels: [],
      session: { way: 'oidc' },
      waysIn: [{ way: 'oidc', label: 'Soup', address: signInPath }, { way: 'key' }],
    })
  })

  test('is asked for even though there is no key, and is the author of what changes, but not in the log', async () => {
    expect((await fetch(`${server.url}/stores`)).status).toBe(401)
    const [key = ''] = await madeKeys(server.databaseUrl, [{ name: 'loader', role: 'operator' }])
    const loaded = await fetch(`${server.url}/imports?source=polls.csv`, {
      method: 'POST',
      body: polls,
      headers: { ...bearing(key), 'content-type': 'text/csv' },
    })
    expect(loaded.status).toBe(200)
    const browser = await signInAs('ann')
    const body = JSON.stringify({ name: 'One' })
    const headers = ownHeaders({ 'content-type': 'application/json' })!
    const changed = await browser.ask(`${server.url}/stores/a/details`, { method: 'PUT', body, headers })
    expect(changed.status).toBe(200)
    const changes = await browser.ask(`${server.url}/changes?limit=1`, { headers: ownHeaders()! })
    expect(await changes.json()).toMatchObject({ items: [{ kind: 'details', author: 'ann@soup.example' }] })
    const requests = () => JSON.stringify(server.happened.filter(({ type }) => type === 'request'))
    await expect.poll(requests, soon).toMatch(/"session [\w-]{12}"/)
    expect(requests()).not.toContain('soup.example')
  })

  test('with groups sees their stores alone', async () => {
    const browser = await signInAs('bob')
    const stores = await browser.ask(`${server.url}/stores`, asProgram)
    expect(await stores.json()).toMatchObject({ items: [] })
    const refused = await browser.ask(`${server.url}/changes`, asProgram)
    expect(refused.status).toBe(403)
    expect(await detailOf(refused)).toBe(
      '"bob@soup.example", as who you are signed in, is for the stores of chain=Soup, and this is about all stores',
    )
  })

  test('has names of requests of its own', async () => {
    const [ann, other] = [await signInAs('ann'), await signInAs('carl')]
    const headers = ownHeaders({ 'idempotency-key': 'one' })!
    const requested = async (browser: Browsing) => {
      const response = await browser.ask(`${server.url}/trigger_report`, { method: 'POST', headers })
      return ((await response.json()) as { report_id: string }).report_id
    }
    const first = await requested(ann)
    expect(first).toMatch(/^[\w-]{36}$/)
    expect(await requested(ann)).toBe(first)
    expect(await requested(other)).not.toBe(first)
  })

  test('by claims in the token is not asked about once more', async () => {
    await using telling = await identityProvider({ isInToken: true })
    await using other = await runningServer({ oidc: telling.setting() })
    telling.register(other.url + returnPath)
    telling.know('ann', { groups: ['admins'], email: 'ann@soup.example', email_verified: true })
    const browser = await signInAs('ann', other)
    const told = await browser.ask(`${other.url}/session`, asProgram)
    expect(await told.json()).toMatchObject({ name: 'ann@soup.example', role: 'admin' })
    expect(telling.asked).not.toContain('GET /me')
    expect(provider.asked).toContain('GET /me')
  })

  test('signs out, at the provider, too, where that is set', async () => {
    const browser = await signInAs('ann')
    const out = { method: 'DELETE', headers: ownHeaders()! }
    const left = await browser.ask(`${server.url}/session`, out)
    expect([left.status, left.headers.get('location')]).toEqual([204, null])
    expect((await browser.ask(`${server.url}/stores`, asProgram)).status).toBe(401)

    await using thorough = await serving({ oidc: provider.setting({ signOut: true }) })
    const other = await signInAs('ann', thorough)
    const leaving = await other.ask(`${thorough.url}/session`, out)
    const address = new URL(leaving.headers.get('location')!)
    expect(address.origin).toBe(provider.issuer)
    expect(address.searchParams.get('post_logout_redirect_uri')).toBe(`${thorough.url}/`)
    expect((await other.ask(address.href)).status).toBe(200)
  })

  test('has a session as long as the setting would give it', async () => {
    await using database = await testDatabase()
    let cookie = ''
    {
      await using before = await serving({ databaseUrl: database.url })
      const browser = await signInAs('bob', before)
      ;[cookie = ''] = browser.cookiesOf(before.url).values()
    }
    await madeKeys(database.url, [{}])
    const mapping = (groups: string) => [{ value: 'others', role: 'viewer', groups }]
    const statusWith = async (more: Parameters<typeof runningServer>[0]) => {
      await using after = await runningServer({ databaseUrl: database.url, ...more })
      const { port } = new URL(after.url)
      const headers = { cookie: `store-monitor-${port}=${cookie}` }
      return (await fetch(`${after.url}/stores`, { headers })).status
    }
    expect(await statusWith({ oidc: provider.setting({ mapping: mapping('chain=Soup') }) })).toBe(200)
    expect(await statusWith({ oidc: provider.setting({ mapping: mapping('chain=Stew') }) })).toBe(401)
    expect(await statusWith({})).toBe(401)
    expect(await statusWith({ oidc: provider.setting() })).toBe(200)
  })
})

describe('is not signed in, and told why:', () => {
  test('of whom nothing leads to a role', async () => {
    const { browser, back } = await arrive('eve')
    const response = await browser.ask(back)
    expect(response.status).toBe(403)
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    const page = await response.text()
    expect(page).toContain('Soup knows you as eve, and nothing that it says of you leads to a role here')
    expect(page).toContain('&lt;b&gt;strangers&lt;/b&gt;')
    expect(browser.cookiesOf(server.url).size).toBe(0)
  })

  test('and can be somebody else there, where who is signed in is not asked again otherwise', async () => {
    const { browser, back } = await arrive('eve')
    const page = await (await browser.ask(back)).text()
    const [, again = ''] = /href="([^"]+)">Sign in as somebody else/.exec(page) ?? []
    const { response } = await browser.follow(server.url + signInPath)
    expect(await response.text()).toContain('Soup knows you as eve')
    const { back: backAsAnn } = await arrivedBack(server.url, 'ann', again.slice(signInPath.length), browser)
    expect((await browser.ask(backAsAnn)).status).toBe(303)
    const wrong = await browser.ask(`${server.url + signInPath}?prompt=none`, asProgram)
    expect([wrong.status, await detailOf(wrong)]).toEqual([400, 'prompt: write login or select_account'])
  })

  test('who does not agree there', async () => {
    const { browser, back } = await arrive(undefined)
    const response = await browser.ask(back, asProgram)
    expect(response.status).toBe(403)
    expect(await detailOf(response)).toBe(
      'Soup did not sign you in (access_denied: End-User aborted interaction): try again, or ask who runs it',
    )
  })

  const notHere = /^this sign-in was not begun in this browser/
  test('who comes from another browser, with another state, or without any', async () => {
    const { browser, back } = await arrive('ann')
    const other = new URL(back)
    other.searchParams.set('state', 'x'.repeat(43))
    const lacking = new URL(back)
    lacking.searchParams.delete('state')
    for (const response of [
      await browsing().ask(back, asProgram),
      await browser.ask(other.href, asProgram),
      await browser.ask(lacking.href, asProgram),
      await (await arrive('bob')).browser.ask(back, asProgram),
    ]) {
      expect(response.status).toBe(400)
      expect(response.headers.getSetCookie()).toEqual([])
      expect(await detailOf(response)).toMatch(notHere)
    }
    expect((await browser.ask(back)).status).toBe(303) // which is still good
  })

  test('who comes twice', async () => {
    const { browser, back } = await arrive('ann')
    const [name, value] = [...browser.cookiesOf(server.url)][0]!
    expect((await browser.ask(back)).status).toBe(303)
    const again = await browser.ask(back, asProgram)
    expect([again.status, await detailOf(again)]).toEqual([400, expect.stringMatching(notHere)])
    const replayed = { headers: { ...asProgram.headers, cookie: `${name}=${value}` } }
    const copied = await fetch(back, replayed)
    expect([copied.status, await detailOf(copied)]).toEqual([
      400,
      'this sign-in was used already: begin again',
    ])
    // On another server, which does not remember it, the provider does.
    await using other = await serving({ oidc: provider.setting(), databaseUrl: server.databaseUrl })
    const { port } = new URL(other.url)
    const elsewhere = await fetch(back.replace(server.url, other.url), {
      headers: { ...asProgram.headers, cookie: `store-monitor-sign-in-${port}=${value}` },
    })
    expect(elsewhere.status).toBe(400)
    expect(await detailOf(elsewhere)).toMatch(/^Soup says that this sign-in was used already/)
  })

  test('who takes more than ten minutes, or would be sent elsewhere after it', async () => {
    const { browser } = await arrive('ann')
    const [name, value] = [...browser.cookiesOf(server.url)][0]!
    const [at = '', secret = '', returnTo = ''] = value.split('.')
    const ago = (Number.parseInt(at, 36) - 600_000).toString(36)
    for (const cookie of [
      [ago, secret, returnTo].join('.'),
      [at, secret, Buffer.from('//evil.example').toString('base64url')].join('.'),
      [at, secret, Buffer.from('/stores\n').toString('base64url')].join('.'),
    ]) {
      const address = `${server.url + returnPath}?code=x&state=${attemptIn(cookie)!.state}`
      const headers = { ...asProgram.headers, cookie: `${name}=${cookie}` }
      const response = await fetch(address, { headers })
      expect([response.status, await detailOf(response)]).toEqual([400, expect.stringMatching(notHere)])
    }
  })

  test('who comes with what no provider says, which tells nothing of the one that there is', async () => {
    const discovered = () => provider.asked.filter((one) => one.includes('/.well-known/')).length
    const [toldBefore, discoveredBefore] = [server.told.length, discovered()]
    for (const change of [
      (search: URLSearchParams) => search.set('iss', 'https://evil.example'),
      (search: URLSearchParams) => search.delete('iss'),
      (search: URLSearchParams) => search.set('code', ''),
      (search: URLSearchParams) => search.delete('code'),
    ]) {
      const { browser, back } = await arrive('ann')
      const other = new URL(back)
      change(other.searchParams)
      const response = await browser.ask(other.href, asProgram)
      expect([response.status, await detailOf(response)]).toEqual([
        400,
        'what this browser comes back with is not of Soup: begin again',
      ])
    }
    const { browser, back } = await arrive('ann')
    expect((await browser.ask(`${back}&response=x&id_token=x&token=x`)).status).toBe(303)
    expect([server.told.length, discovered()]).toEqual([toldBefore, discoveredBefore])
  })

  test('who comes with many at once, which leaves places for who comes from elsewhere', async () => {
    await using fresh = await serving({ trustedProxies: ['127.0.0.1'], limits: { wrongKeys: 1000 } })
    const { port } = new URL(fresh.url)
    const held: (() => void)[] = []
    provider.interrupt((request, response) => {
      if (request.url !== '/token') return false
      held.push(() => {
        response.writeHead(400, { 'content-type': 'application/json' })
        response.end('{"error":"invalid_grant"}')
      })
      return true
    })
    const answered: number[] = []
    async function comeBack(from: string): Promise<void> {
      const { cookie, state } = beginAttempt('/', Date.now())
      const headers = { ...asProgram.headers, 'x-forwarded-for': from }
      const address = `${fresh.url + returnPath}?code=x&state=${state}&iss=${provider.issuer}`
      const cookies = { cookie: `store-monitor-sign-in-${port}=${cookie}` }
      answered.push((await fetch(address, { headers: { ...headers, ...cookies } })).status)
    }
    const coming: Promise<void>[] = []
    for (const from of ['192.0.2.7', '192.0.2.8']) {
      coming.push(...Array.from({ length: 25 }, () => comeBack(from)))
      await expect.poll(() => answered, soon).toEqual(Array(coming.length / 5).fill(429))
    }
    while (answered.length < coming.length) {
      for (const answer of held.splice(0)) answer()
      await new Promise(setImmediate)
    }
    await Promise.all(coming)
    expect(answered.filter((status) => status === 400)).toHaveLength(40)
  })

  test('who comes too often with what is wrong', async () => {
    await using fresh = await serving()
    const attempt = () => fetch(`${fresh.url + returnPath}?state=x`, asProgram)
    for (let i = 0; i < 20; i++) expect((await attempt()).status).toBe(400)
    const refused = await attempt()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).not.toBeNull()
    expect(await detailOf(refused)).toMatch(/^more than 20 sign-ins that failed in a minute came from /)
    expect((await signInAs('ann', fresh)).cookiesOf(fresh.url).size).toBe(1)
  })
})

test.for([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/.//evil.example',
  '/\t/evil.example',
  '\\\\evil.example',
  'javascript:alert(1)',
  '/trigger_report',
  '/stores/../session',
  'stores',
  '',
])('nobody is sent to %o after it', async (address) => {
  const query = `?return_to=${encodeURIComponent(address)}`
  const response = await fetch(server.url + signInPath + query, { ...asProgram, redirect: 'manual' })
  expect(response.status).toBe(400)
  expect(await detailOf(response)).toMatch(/^return_to: .*is no page of this server: write such as \/stores$/)
  expect(response.headers.getSetCookie()).toEqual([])
})

describe('where the provider', () => {
  test('does not answer, the server does, and signing in works as soon as it answers', async () => {
    provider.interrupt((_, response) => Boolean(response.destroy()))
    await using early = await serving()
    await expect.poll(() => early.told, soon).toHaveLength(1)
    const { host } = new URL(provider.issuer)
    expect(early.told[0]).toMatch(`signing in by Soup is not possible: ${host}: `)
    const response = await fetch(early.url + signInPath, { ...asProgram, redirect: 'manual' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await detailOf(response)).toBe(
      'Soup does not answer as it should at the moment: try again in a minute, or sign in with a key; ' +
        'whoever runs this server finds the reason in its log, and by "store-monitor doctor"',
    )
    const [key = ''] = await madeKeys(early.databaseUrl, [{}])
    const withKey = async () => (await fetch(`${early.url}/stores`, { headers: bearing(key) })).status
    await expect.poll(withKey, soon).toBe(200)
    provider.interrupt()
    await signInAs('ann', early)
    expect(early.told.slice(1)).toEqual(['signing in by Soup is possible again'])
    expect(early.errors).toEqual([])
  })

  test('fails between there and back, that is told, too', async () => {
    const fails = async (path: string, status: number) => {
      const { browser, back } = await arrive('ann')
      provider.interrupt((request, response) => {
        if (request.url !== path) return false
        const headers = { 'content-type': 'text/html', 'www-authenticate': 'Bearer' }
        response.writeHead(status, headers).end('<h1>Oops</h1>')
        return true
      })
      const response = await browser.ask(back)
      provider.interrupt()
      expect(response.status).toBe(503)
      expect(await response.text()).toContain('Soup does not answer as it should')
      return server.told.at(-1)
    }
    expect(await fails('/token', 500)).toMatch(/^signing in by Soup is not possible: /)
    expect(await fails('/me', 401)).toMatch(/^signing in by Soup is not possible: its UserInfo endpoint /)
  })

  test('calls itself otherwise, nobody is sent there', async () => {
    provider.interrupt((request, response) => {
      if (!request.url!.startsWith('/.well-known/')) return false
      const other = { issuer: 'https://evil.example', authorization_endpoint: 'https://evil.example/auth' }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(other))
      return true
    })
    await using wary = await serving()
    const response = await fetch(wary.url + signInPath, { ...asProgram, redirect: 'manual' })
    expect(response.status).toBe(503)
    expect(await detailOf(response)).toMatch(/^signing in by Soup is not set up as it should be/)
    expect(wary.told).toEqual([expect.stringMatching(/look at issuer and clientId of oidc/)])
  })

  test('does not know the secret, that is told to who runs the server alone, and a new one counts at once', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('secret')
    await writeFile(path, 'wrong\n')
    await using wrong = await serving({ oidc: provider.setting({ clientSecret: `file:${path}` }) })
    const { browser, back } = await arrive('ann', wrong)
    const response = await browser.ask(back, asProgram)
    expect(response.status).toBe(503)
    expect(await detailOf(response)).toMatch(/^signing in by Soup is not set up as it should be/)
    expect(wrong.told).toEqual([expect.stringMatching(/^Soup does not know this server: .*clientSecret/)])
    expect(wrong.told.join()).not.toContain('wrong')
    await writeFile(path, '\n')
    const begun = await fetch(wrong.url + signInPath, { ...asProgram, redirect: 'manual' })
    expect([begun.status, await detailOf(begun)]).toEqual([503, expect.not.stringContaining(path)])
    expect(wrong.told[1]).toMatch(/clientSecret: the secret in \S+ is empty/)
    await writeFile(path, provider.setting().clientSecret!)
    await signInAs('ann', wrong)
    expect(wrong.told.slice(2)).toEqual(['signing in by Soup is possible again'])
  })

  test('is of another time by more than a minute, that is told', async () => {
    const comesBackAfter = async (differenceMs: number) => {
      const { browser, back } = await arrive('ann')
      provider.interrupt((request, response) => {
        if (request.url !== '/token') return false
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - TOKEN_LASTS_MS - differenceMs })
        response.on('finish', () => vi.useRealTimers())
        return false
      })
      return browser.ask(back, asProgram)
    }
    const response = await comesBackAfter(70_000)
    expect([response.status, await detailOf(response)]).toEqual([
      503,
      expect.stringMatching(/^the clock of this server and that of Soup differ: /),
    ])
    expect(server.told.at(-1)).toMatch(/set both by NTP$/)
    expect((await comesBackAfter(40_000)).status).toBe(303)
  })

  test('has another key by now, that is learnt', async () => {
    await signInAs('ann')
    provider.changeKeys()
    const { browser, back } = await arrive('ann')
    const response = await browser.ask(back)
    expect([303, 503]).toContain(response.status)
    await response.body?.cancel()
    await signInAs('ann')
  })
})

describe('a server with a provider', () => {
  const oidc = oidcSetting.parse({
    issuer: 'https://id.example.org',
    clientId: 'monitor',
    clientSecret: '${SOUP_SECRET}',
    mapping: [{ value: 'a', role: 'viewer' }],
  })
  const environment = { SOUP_SECRET: 'secret' }

  test('does not start without the variable of its secret, or the address that people are sent back to', async () => {
    await expect(runningServer({ oidc })).rejects.toThrow('the variable SOUP_SECRET is not set')
    await expect(runningServer({ oidc, environment, host: '0.0.0.0' })).rejects.toThrow(
      'write publicUrl (PUBLIC_URL), such as https://monitor.example.org',
    )
  })

  test('may be reached by others without any key', async () => {
    const publicUrl = 'https://monitor.example.org'
    await using open = await serving({ host: '0.0.0.0', publicUrl })
    const url = open.url.replace('0.0.0.0', '127.0.0.1')
    expect((await fetch(`${url}/stores`)).status).toBe(401)
    const response = await fetch(url + signInPath, { redirect: 'manual' })
    const address = new URL(response.headers.get('location')!)
    expect(address.searchParams.get('redirect_uri')).toBe(publicUrl + returnPath)
  })
})
