import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type * as z from 'zod'
import { pollerSetting } from '../../../server/config-file/poller-setting.ts'
import { connect } from '../../../server/database/connect.ts'
import { listPushedHours } from '../../../server/database/pushes.ts'
import { createPollers, type Pollers, type PollersSetting } from '../../../server/ingest/polling/pollers.ts'
import { createWriter } from '../../../server/ingest/writer/writer.ts'
import { storedPolls } from '../../support/import-scene.ts'
import { loopbackServer, type LoopbackServer } from '../../support/loopback-server.ts'
import { filledDatabase, type TestDatabase } from '../../support/test-database.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

let parts: AsyncDisposableStack
let database: TestDatabase
let platform: LoopbackServer
let nowMs: number
let notices: string[]

beforeEach(async () => {
  parts = new AsyncDisposableStack()
  platform = parts.use(await loopbackServer((_, response) => response.end('{"open": true}')))
  nowMs = Date.parse('2026-10-05T12:00:00Z')
  notices = []
})
afterEach(() => parts.disposeAsync())

async function stores(count: number): Promise<void> {
  database = parts.use(await filledDatabase(count))
}

function poller(given: Partial<z.input<typeof pollerSetting>> = {}) {
  const rule = { json: { path: '$.open', values: { true: 'active', false: 'inactive' } } } as const
  const url = `${platform.url}/stores/{store_id}`
  return pollerSetting.parse({ name: 'platform', url, rule, allowPrivate: true, rate: 1000, ...given })
}

async function polling(
  settings: PollersSetting['settings'],
  setting: Partial<PollersSetting> = {},
): Promise<Pollers> {
  const { url } = database
  return parts.use(
    createPollers({
      settings,
      environment: {},
      reading: parts.use(await connect(url, { readOnly: true })),
      writing: parts.use(await connect(url)),
      pusher: parts.use(createWriter({ databaseUrl: url })),
      version: '1.2.3',
      now: () => nowMs,
      onNotice: (text) => notices.push(text),
      onError: (error) => notices.push(String(error)),
      ...setting,
    }),
  )
}

/** Lets time pass, a tick at a time, until all that is asked meanwhile has been answered. */
async function pass({ running }: Pollers, forMs: number, tickMs = 60_000): Promise<void> {
  const untilMs = nowMs + forMs
  for (;;) {
    for (const one of running) {
      await one.tick()
      await one.settled()
    }
    if (nowMs >= untilMs) break
    nowMs = Math.min(untilMs, nowMs + tickMs)
  }
  for (const one of running) await one.record()
}

async function polls() {
  await using db = await connect(database.url, { readOnly: true })
  return await storedPolls(db)
}

const asked = () => platform.requests.map(({ url }) => url)

test('each store is asked once an interval, and what it says is a poll', async () => {
  await stores(30)
  const before = await polls()
  platform.answer = (request, response) => response.end(`{"open": ${!request.url!.endsWith('1')}}`)
  const pollers = await polling([poller()])
  await pass(pollers, HOUR_MS)
  expect(new Set(asked()).size).toBe(30)
  expect(asked()).toHaveLength(30)
  expect((await polls()).length - before.length).toBe(30)
  expect(await pollers.list()).toMatchObject([
    {
      stores: 30,
      active: 27,
      inactive: 3,
      noAnswers: 0,
      reasons: [],
      isPolling: true,
      isTooSlow: false,
      backsOffSince: null,
    },
  ])
  await using db = await connect(database.url, { readOnly: true })
  const { items } = await listPushedHours(db, { limit: 1 })
  expect(items).toMatchObject([{ source: 'poller:platform' }])
  await pass(pollers, HOUR_MS)
  expect(asked()).toHaveLength(60)
  expect(notices).toEqual([])
})

test('what is no answer is no poll, but counted with its reasons', async () => {
  await stores(8)
  const before = (await polls()).length
  const answers: LoopbackServer['answer'][] = [
    (_, response) => response.writeHead(503).end(),
    (_, response) => response.end('{"open": "perhaps"}'),
    (_, response) => void response.destroy(),
    (_, response) => response.end('x'.repeat(2000)),
    () => {},
  ]
  platform.answer = (request, response) =>
    (answers.shift() ?? ((_: IncomingMessage, other) => other.end('{"open": true}')))(request, response)
  const setting = poller({ maxBytes: 1000 })
  const pollers = await polling([{ ...setting, timeout: 3000, concurrency: 1 }])
  await pass(pollers, HOUR_MS)
  expect((await polls()).length - before).toBe(3)
  const [{ reasons, noAnswers }] = (await pollers.list()) as [Awaited<ReturnType<Pollers['list']>>[number]]
  expect(noAnswers).toBe(5)
  expect(new Set(reasons.map(({ reason }) => reason))).toEqual(
    new Set(['status', 'no-match', 'connection', 'too-large', 'timeout']),
  )
  expect(reasons.find(({ reason }) => reason === 'status')!.example).toMatch(/^store-00000\d: status 503$/)
})

test('where most have no answer it says so once, asks only a few, and goes on by itself', async () => {
  await stores(200)
  platform.answer = (_, response) => response.writeHead(502).end()
  const pollers = await polling([poller()])
  await pass(pollers, 2 * HOUR_MS)
  // Ten until it pauses, those of the same tick, and three after each pause.
  expect(platform.requests.length).toBeLessThan(60)
  expect(notices).toEqual([
    expect.stringMatching(
      /^poller platform pauses, as most stores have no answer; the last: store-\d+: status 502$/,
    ),
  ])
  const [paused] = await pollers.list()
  expect(paused).toMatchObject({
    active: 0,
    backsOffSince: expect.stringMatching(/^2026-10-05T12:0/) as string,
  })
  expect(paused!.reasons[0]).toMatchObject({ reason: 'backing-off' })
  platform.answer = (_, response) => response.end('{"open": true}')
  await pass(pollers, HOUR_MS)
  expect(notices.slice(1)).toEqual(['poller platform goes on: stores answer again'])
  expect(await pollers.list()).toMatchObject([{ backsOffSince: null, backsOffUntil: null }])
})

test('a restart asks nobody again, and nobody all at once', async () => {
  await stores(120)
  const first = await polling([poller()])
  await pass(first, HOUR_MS / 2)
  const half = platform.requests.length
  expect(half).toBeGreaterThan(30)
  await first[Symbol.asyncDispose]()
  const second = await polling([poller()])
  await pass(second, 0)
  expect(platform.requests.length).toBe(half)
  await pass(second, HOUR_MS / 2)
  expect(platform.requests).toHaveLength(120)
  expect(new Set(asked()).size).toBe(120)
  // After a long time without a server, those of the last minutes are asked, and not all.
  await second[Symbol.asyncDispose]()
  nowMs += HOUR_MS
  await pass(await polling([poller()]), 0)
  expect(platform.requests.length).toBeLessThan(140)
})

test('stores that had not answered yet when a process was killed are asked again', async () => {
  await stores(40)
  platform.answer = () => {}
  const often = poller({ every: '1m', concurrency: 40 })
  const [killed] = (await polling([often])).running
  await killed!.tick()
  nowMs += MINUTE_MS
  await killed!.tick()
  await vi.waitFor(() => expect(platform.requests).toHaveLength(40))
  await killed!.record()
  await using db = await connect(database.url)
  await db.updateTable('poller').set({ claimed_by: null, claimed_until: null }).execute()
  platform.answer = (_, response) => response.end('{"open": true}')
  await pass(await polling([often]), 1000, 1000)
  expect(new Set(asked().slice(40)).size).toBe(40)
})

test('a clock that was ahead, and is put back, keeps nobody from their turns', async () => {
  await stores(20)
  const pollers = await polling([poller()])
  nowMs += 100 * HOUR_MS
  await pass(pollers, 0)
  nowMs -= 100 * HOUR_MS
  await pass(pollers, HOUR_MS)
  expect(new Set(asked()).size).toBe(20)
})

test('of two servers on one database one asks', async () => {
  await stores(40)
  const [one, other] = [await polling([poller()]), await polling([poller()])]
  await pass({ ...one, running: [...one.running, ...other.running] }, HOUR_MS)
  expect(platform.requests).toHaveLength(40)
  await one[Symbol.asyncDispose]()
  await pass(other, HOUR_MS)
  expect(platform.requests).toHaveLength(80)
})

test('no more are asked in a second, and at once, than may be; what is too late is left out', async () => {
  await stores(100)
  let open = 0
  let most = 0
  platform.answer = (_, response) => {
    most = Math.max(most, ++open)
    setImmediate(() => {
      open--
      response.end('{"open": true}')
    })
  }
  const pollers = await polling([poller({ rate: 0.01, concurrency: 3 })])
  await pass(pollers, 3 * HOUR_MS)
  expect(most).toBeLessThanOrEqual(3)
  expect(platform.requests.length).toBeGreaterThan(80)
  expect(platform.requests.length).toBeLessThan(112)
  expect(await pollers.list()).toMatchObject([
    {
      isTooSlow: true,
      reasons: [{ reason: 'late', example: expect.stringMatching(/rate is too low/) as string }],
    },
  ])
})

test('only stores of the group are asked, with secrets that are not told, ids in their place', async () => {
  await stores(3)
  const setting = poller({
    url: `${platform.url}/{store_id}?key=\${KEY}`,
    method: 'POST',
    body: '{"store": "{store_id}"}',
    headers: { Authorization: '${TOKEN}' },
  })
  const environment = { KEY: 'k', TOKEN: 'secret' }
  const pollers = await polling([setting, poller({ name: 'nobody', group: 'city=Nowhere' })], { environment })
  expect(await pollers.try('platform', { storeId: 'a:b/c?d', status: 200 })).toMatchObject({
    url: `${platform.url}/a%3Ab%2Fc%3Fd?key=\${KEY}`,
    poll: 'active',
  })
  expect(platform.requests[0]).toMatchObject({
    url: '/a%3Ab%2Fc%3Fd?key=k',
    headers: { authorization: 'secret' },
  })
  await pass(pollers, HOUR_MS)
  expect(platform.requests).toHaveLength(4)
  const list = await pollers.list()
  expect(list).toMatchObject([{ stores: 3 }, { stores: 0, active: 0 }])
  expect(JSON.stringify(list)).not.toMatch(/secret|key=k/)
})

test('an address of this network is not asked unless that is allowed', async () => {
  await stores(1)
  const pollers = await polling([poller({ allowPrivate: false })])
  expect(await pollers.try('platform', { status: 200 })).toMatchObject({
    poll: null,
    reason: 'forbidden',
    status: null,
  })
  expect(platform.connections).toBe(0)
})

test('what would be taken of an answer is told, also of one that is given', async () => {
  await stores(2)
  const pollers = await polling([poller()])
  const tried = (answer: string, status = 200) => pollers.try('platform', { answer, status })
  expect(await tried('{"open": false}')).toEqual({
    storeId: 'store-000001',
    url: `${platform.url}/stores/store-000001`,
    status: 200,
    poll: 'inactive',
    reason: null,
    message: null,
  })
  expect(await tried('', 500)).toMatchObject({ poll: null, reason: 'status', message: 'status 500' })
  await expect(pollers.try('none', { status: 200 })).rejects.toThrow(
    'there is no poller "none": there are platform',
  )
  expect(platform.requests).toEqual([])
})

test('redirects are answers where the poller wants that', async () => {
  await stores(1)
  platform.answer = (request, response) =>
    request.url === '/home' ? response.end('x') : response.writeHead(302, { location: '/home' }).end()
  const rule = { status: { 200: 'active', 302: 'inactive' } } as const
  const pollers = await polling([
    poller({ rule }),
    poller({ name: 'as-they-are', rule, redirects: 'answer' }),
  ])
  expect(await pollers.try('platform', { status: 200 })).toMatchObject({ status: 200, poll: 'active' })
  expect(await pollers.try('as-they-are', { status: 200 })).toMatchObject({ status: 302, poll: 'inactive' })
})
