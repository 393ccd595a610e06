import { expect, test, vi } from 'vitest'
import { keysOfRoles } from '../support/access-keys.ts'
import { runningServer } from '../support/running-server.ts'

const asked = (url: string, client: string, init: RequestInit = {}) =>
  fetch(url, { ...init, headers: { 'x-forwarded-for': client } })

async function statusesOf(url: string, client: string): Promise<Set<number>> {
  const answers = await Promise.all(Array.from({ length: 4 }, () => asked(`${url}/stores`, client)))
  return new Set(answers.map(({ status }) => status))
}

test('callers behind a trusted proxy are counted by the addresses that it says', async () => {
  await using server = await runningServer({
    trustedProxies: ['127.0.0.1'],
    limits: { requestsByAddress: 2 },
  })
  expect(await statusesOf(server.url, '203.0.113.9')).toEqual(new Set([200, 429]))
  const other = await asked(`${server.url}/stores`, '203.0.113.10')
  expect(other.status).toBe(200)
  expect(server.errors).toEqual([])
})

test('what a caller says who is no trusted proxy counts for nothing', async () => {
  await using server = await runningServer({
    trustedProxies: ['10.0.0.0/8'],
    limits: { requestsByAddress: 2 },
  })
  const clients = Array.from({ length: 4 }, (_, i) => `203.0.113.${i}`)
  const answers = await Promise.all(clients.map((client) => asked(`${server.url}/stores`, client)))
  const refused = answers.find(({ status }) => status === 429)!
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('from 127.0.0.1') as string })
})

test('a proxy has as many connections as it has callers', async () => {
  await using server = await runningServer({
    trustedProxies: ['127.0.0.0/8'],
    limits: { connectionsByAddress: 1 },
  })
  const streams = await Promise.all(
    Array.from({ length: 3 }, () => asked(`${server.url}/news`, '203.0.113.9')),
  )
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200])
  await Promise.all(streams.map(({ body }) => body!.cancel()))
})

test('wrong keys are counted by caller, and a cookie is for https where the proxy speaks it', async () => {
  const publicUrl = 'https://monitor.example.org'
  await using server = await runningServer({
    trustedProxies: ['127.0.0.1'],
    limits: { wrongKeys: 1 },
    publicUrl,
  })
  const keys = await keysOfRoles(server.databaseUrl)
  const isAsked = async () => expect((await fetch(`${server.url}/stores`)).status).toBe(401)
  await vi.waitFor(isAsked, { timeout: 10_000 })
  const signIn = (key: string, client: string, proto?: string) =>
    fetch(`${server.url}/session`, {
      method: 'POST',
      body: JSON.stringify({ key }),
      headers: { 'x-forwarded-for': client, ...(proto === undefined ? {} : { 'x-forwarded-proto': proto }) },
    })
  expect((await signIn('smk_no', '203.0.113.9')).status).toBe(401)
  expect((await signIn('smk_no', '203.0.113.9')).status).toBe(429)
  expect((await signIn('smk_no', '203.0.113.10')).status).toBe(401)
  const cookieOf = async (proto?: string) =>
    (await signIn(keys.viewer, '203.0.113.9', proto)).headers.getSetCookie()[0]
  expect(await cookieOf('https')).toMatch(/^__Host-store-monitor.*; Secure;/)
  expect(await cookieOf('http')).not.toContain('Secure')
  expect(await cookieOf()).not.toContain('Secure')
})
