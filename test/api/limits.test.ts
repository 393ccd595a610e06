import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppRouter } from '../../server/api/router.ts'
import { madeKeys } from '../support/access-keys.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

const header = 'store_id,status,timestamp_utc\n'
const limits = {
  bodyBytes: 2048,
  jsonDepth: 8,
  textLength: 1000,
  batchCalls: 3,
  eventStreamsByCaller: 2,
  uploadsByCaller: 2,
  uploadBytes: 10_000,
  pushArrayBytes: 1024,
  reportsByCaller: 0,
}
let server: TestServer
beforeAll(async () => {
  server = await runningServer({ limits })
  await server.upload(`${header}a,active,2023-01-24 10:00:00 UTC\n`)
})
afterAll(() => server[Symbol.asyncDispose]())

function post(path: string, body: string): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
}

const problem = (limit: string) => ({
  limit,
  detail: expect.stringContaining(` (limits.${limit}, STORE_MONITOR_LIMIT_`) as string,
})

test.for([
  [413, 'bodyBytes', '/trigger_report', JSON.stringify({ reach: 'x'.repeat(3000) })],
  [400, 'jsonDepth', '/trigger_report', '['.repeat(9) + ']'.repeat(9)],
  [413, 'textLength', '/trigger_report', JSON.stringify({ reach: 'x'.repeat(1001) })],
  [413, 'textLength', '/trigger_report', JSON.stringify({ ['x'.repeat(1001)]: 1 })],
  [413, 'textLength', `/imports/1/cancel?by=${'x'.repeat(1001)}`, ''],
  [413, 'uploadBytes', '/imports', header + 'a,active,2023-01-24 10:00:00 UTC\n'.repeat(400)],
  [413, 'pushArrayBytes', '/polls', `[${'{},'.repeat(400)}{}]`],
  [429, 'reportsByCaller', '/trigger_report', '{}'],
  [429, 'reportsByCaller', '/reports', '{}'],
] as const)('%i by the limit %s', async ([status, limit, path, body]) => {
  const response = await post(path, body)
  expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
    status,
    ...problem(limit),
  })
  expect(response.headers.has('retry-after')).toBe(status === 429)
})

test('calls of tRPC meet the same limits, and are told when to come again', async () => {
  const { report, health } = createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${server.url}/trpc` })],
  })
  const busy = { data: { code: 'TOO_MANY_REQUESTS', appErrorCode: 'busy' } }
  await expect(report.trigger.mutate()).rejects.toMatchObject(busy)
  const refused = await post('/trpc/report.trigger', '{}')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
  const deep = JSON.parse('['.repeat(9) + ']'.repeat(9)) as object
  await expect(report.trigger.mutate(deep)).rejects.toMatchObject({
    data: { appErrorCode: 'invalid' },
    message: expect.stringContaining('jsonDepth') as string,
  })
  const long = { labels: ['a=b', 'x'.repeat(1001)] } as object
  await expect(report.trigger.mutate(long)).rejects.toMatchObject({
    data: { code: 'PAYLOAD_TOO_LARGE', appErrorCode: 'too-large' },
    message: expect.stringContaining('labels.1: 1001 characters') as string,
  })
  await expect(Promise.all(Array.from({ length: 4 }, () => health.query()))).rejects.toMatchObject({
    message: expect.stringContaining('limits.batchCalls') as string,
  })
})

test('streams of events are counted by caller, of every kind, until they end', async () => {
  const ends = [new AbortController(), new AbortController()] as const
  const first = await fetch(`${server.url}/news`, { signal: ends[0].signal })
  const second = await fetch(`${server.url}/trpc/data.news`, {
    signal: ends[1].signal,
    headers: { accept: 'text/event-stream' },
  })
  expect([first.status, second.status]).toEqual([200, 200])
  const refused = await fetch(`${server.url}/events`)
  expect(refused.status).toBe(429)
  expect(await refused.json()).toMatchObject(problem('eventStreamsByCaller'))
  ends[0].abort()
  await expect
    .poll(async () => {
      const end = new AbortController()
      const { status } = await fetch(`${server.url}/events`, { signal: end.signal })
      end.abort()
      return status
    })
    .toBe(200)
  ends[1].abort()
  expect(server.errors).toEqual([])
})

/** An upload that is not at its end, and what it is answered all the same. */
function uploading() {
  const upload = request(`${server.url}/imports`, { method: 'POST' })
  const answered = once(upload, 'response').then(([{ statusCode }]) => statusCode as number)
  answered.catch(() => {}) // it is broken off
  upload.write(header)
  return { upload, answered }
}

test('uploads that never end are taken up to a limit, and no more hold up others than that', async () => {
  const uploads = [uploading(), uploading(), uploading()]
  expect(await Promise.race(uploads.map(({ answered }) => answered))).toBe(429)
  const refused = await post('/imports', header)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
  expect(await refused.json()).toMatchObject(problem('uploadsByCaller'))
  for (const { upload } of uploads) upload.destroy()
  await expect
    .poll(async () => (await post('/imports', `${header}a,active,2023-01-24 11:00:00 UTC\n`)).status)
    .toBe(200)
})

test('an upload is refused before the disk for temporary files is full', async () => {
  await using full = await runningServer({ limits: { freeDisk: 1e15 } })
  const response = await fetch(`${full.url}/imports`, { method: 'POST', body: header })
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('60')
  expect(await response.json()).toMatchObject(problem('freeDisk'))
})

test('requests with a key are counted by it, and those with another are not refused', async () => {
  await using keyed = await runningServer({ limits: { requestsByKey: 3 } })
  const tokens = await madeKeys(keyed.databaseUrl, [{ name: 'one' }, { name: 'other' }])
  const [flood, calm] = tokens.map((token) => ({ headers: { authorization: `Bearer ${token}` } }))
  const isAsked = async () => (await fetch(`${keyed.url}/stores`)).status
  await expect.poll(isAsked, { timeout: 10_000 }).toBe(401)
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${keyed.url}/stores`, flood)))
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.headers.get('retry-after')).toBe('1')
  expect(await refused?.json()).toMatchObject(problem('requestsByKey'))
  expect((await fetch(`${keyed.url}/stores`, calm)).status).toBe(200)
})
