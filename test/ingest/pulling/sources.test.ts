import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type * as z from 'zod'
import { sourceSetting } from '../../../server/config-file/source-setting.ts'
import { connect } from '../../../server/database/connect.ts'
import { listImports } from '../../../server/database/imports.ts'
import { createSources, type Sources, type SourcesSetting } from '../../../server/ingest/pulling/sources.ts'
import { createWriter } from '../../../server/ingest/writer/writer.ts'
import type { Source } from '../../../shared/source.ts'
import { storedPolls } from '../../support/import-scene.ts'
import { loopbackServer, type LoopbackServer } from '../../support/loopback-server.ts'
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts'
import { testDatabase, type TestDatabase } from '../../support/test-database.ts'

const MINUTE_MS = 60_000
const csv = 'store_id,status,timestamp_utc\na,active,2026-10-05T09:00:00Z\n'

let parts: AsyncDisposableStack
let database: TestDatabase
let platform: LoopbackServer
let folder: TemporaryFolder
let nowMs: number
let notices: string[]

beforeEach(async () => {
  parts = new AsyncDisposableStack()
  database = parts.use(await testDatabase())
  folder = parts.use(await temporaryFolder())
  platform = parts.use(await loopbackServer((_, response) => response.end(csv)))
  nowMs = Date.parse('2026-10-05T12:00:10Z')
  notices = []
})
afterEach(() => parts.disposeAsync())

/** A source that is pulled each hour. */
function source(given: Partial<z.input<typeof sourceSetting>> = {}) {
  const hourly = { name: 'platform', url: platform.url, schedule: '0 * * * *', allowPrivate: true }
  return sourceSetting.parse({ ...hourly, ...given })
}

async function pulling(
  settings: SourcesSetting['settings'],
  setting: Partial<SourcesSetting> = {},
): Promise<Sources> {
  const { url } = database
  const sources = createSources({
    settings,
    environment: {},
    reading: parts.use(await connect(url, { readOnly: true })),
    writing: parts.use(await connect(url)),
    importer: parts.use(createWriter({ databaseUrl: url })),
    async makeFolder() {
      const path = await mkdtemp(join(tmpdir(), 'store-monitor-test-'))
      return { path: join(path, 'x'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
    },
    version: '1.2.3',
    now: () => nowMs,
    random: () => 0.5,
    onNotice: (text) => notices.push(text),
    onError: (error) => notices.push(String(error)),
    ...setting,
  })
  parts.use(sources)
  return sources
}

async function imports() {
  await using db = await connect(database.url, { readOnly: true })
  return (await listImports(db, { limit: 100 })).items.reverse()
}

async function polls() {
  await using db = await connect(database.url, { readOnly: true })
  return await storedPolls(db)
}

test('a source is pulled at once, then by its schedule, and what is the same is not imported again', async () => {
  const sources = await pulling([source()])
  await sources.pullDue()
  expect(await polls()).toHaveLength(1)
  expect(await imports()).toMatchObject([{ source: 'source:platform', state: 'complete', rowsChanged: 1 }])
  expect(await sources.list()).toMatchObject([
    {
      name: 'platform',
      lastOutcome: 'imported',
      lastImportId: 1,
      nextAt: '2026-10-05T13:00:00Z',
      isPulling: false,
    },
  ])
  nowMs += 30 * MINUTE_MS
  await sources.pullDue()
  expect(platform.requests).toHaveLength(1)
  nowMs = Date.parse('2026-10-05T13:00:00Z')
  await sources.pullDue()
  expect(platform.requests).toHaveLength(2)
  expect(await imports()).toHaveLength(1)
  expect(await sources.list()).toMatchObject([{ lastOutcome: 'unchanged', lastImportId: 1, failures: 0 }])
  expect(notices).toEqual([])
})

test('what was imported is asked for by its ETag and time, and is imported again only where that is wanted', async () => {
  platform.answer = (request, response) => {
    const isKnown = request.headers['if-none-match'] === '"1"'
    response.writeHead(isKnown ? 304 : 200, { etag: '"1"', 'last-modified': 'Mon, 05 Oct 2026 09:00:00 GMT' })
    response.end(isKnown ? undefined : csv)
  }
  const sources = await pulling([source()])
  expect(await sources.pull('platform', { again: false })).toMatchObject({ outcome: 'imported' })
  const second = await sources.pull('platform', { again: false })
  expect(second).toMatchObject({ outcome: 'unchanged', import: null, source: { lastOutcome: 'unchanged' } })
  expect(platform.requests[1]!.headers).toMatchObject({
    'if-none-match': '"1"',
    'if-modified-since': 'Mon, 05 Oct 2026 09:00:00 GMT',
    'user-agent': 'store-monitor/1.2.3',
  })
  expect(await sources.pull('platform', { again: true })).toMatchObject({ import: { importId: 2 } })
})

test('an ETag is kept only where the import succeeded', async () => {
  platform.answer = (_, response) =>
    response.writeHead(200, { etag: '"bad"' }).end('store_id,status,timestamp_utc\n,,\n')
  const sources = await pulling([source()])
  await expect(sources.pull('platform', { again: false })).rejects.toThrow(/^import 1 is failed: /)
  expect(await sources.list()).toMatchObject([{ lastOutcome: 'failed', lastImportId: 1, failures: 1 }])
  await expect(sources.pull('platform', { again: false })).rejects.toThrow(/^import 2 is failed: /)
  expect(platform.requests[1]!.headers).not.toHaveProperty('if-none-match')
  // The same bytes do no better in a moment: it is left to the schedule.
  expect(await sources.list()).toMatchObject([{ nextAt: '2026-10-05T13:00:00Z' }])
  expect(notices).toEqual([expect.stringMatching(/^source platform cannot be pulled: import 1 is failed/)])
})

test('where the mapping is another, the same bytes are something else', async () => {
  platform.answer = (_, response) =>
    response.writeHead(200, { etag: '"1"' }).end('[{"a": "x", "b": "y", "s": "up"}]')
  const mapping = { store_id: 'a', status: 's' }
  await (await pulling([source({ mapping })])).pullDue()
  const other = await pulling([source({ mapping: { ...mapping, store_id: 'b' } })])
  await other.pull('platform', { again: false })
  expect(platform.requests[1]!.headers).not.toHaveProperty('if-none-match')
  expect((await polls()).map((poll) => poll.split(' ')[0])).toEqual(['x', 'y'])
})

test('A, B, and A again are imported in that order: the last one counts', async () => {
  const sources = await pulling([source()])
  for (const status of ['active', 'inactive', 'active']) {
    platform.answer = (_, response) => response.end(csv.replace(',active', `,${status}`))
    await sources.pull('platform', { again: false })
  }
  expect(await imports()).toHaveLength(3)
  expect(await polls()).toEqual([expect.stringMatching(/ active|true/)])
})

test('what cannot be had is tried again at growing distances, said once, and told to be well again', async () => {
  platform.answer = (_, response) => response.writeHead(503).end()
  const sources = await pulling([source({ schedule: '0 0 * * *' })])
  const waits: number[] = []
  for (let i = 0; i < 4; i++) {
    await sources.pullDue()
    const nextAt = (await sources.list())[0]!.nextAt!
    waits.push((Date.parse(nextAt) - nowMs) / 1000)
    nowMs = Date.parse(nextAt)
  }
  expect(waits).toEqual([30, 60, 120, 240])
  platform.answer = (_, response) => response.writeHead(429, { 'retry-after': '1800' }).end()
  await sources.pullDue()
  expect(await sources.list()).toMatchObject([
    { failures: 5, lastError: expect.stringMatching(/^127\.0\.0\.1:\d+ answers 429$/) as string },
  ])
  nowMs += 1799_000
  await sources.pullDue()
  expect(platform.requests).toHaveLength(5)
  platform.answer = (_, response) => response.end(csv)
  nowMs += MINUTE_MS
  await sources.pullDue()
  expect(notices).toEqual([
    expect.stringMatching(/^source platform cannot be pulled: .* answers 503$/),
    'source platform is pulled again',
  ])
  expect(await sources.list()).toMatchObject([{ failures: 0, lastError: null, lastOutcome: 'imported' }])
})

test('of two servers on one database one pulls', async () => {
  const [one, other] = [await pulling([source()]), await pulling([source()])]
  platform.answer = (_, response) => void setImmediate(() => response.end(csv))
  await Promise.all([one.pullDue(), other.pullDue()])
  await Promise.all([one.pullDue(), other.pullDue()])
  expect(platform.requests).toHaveLength(1)
  nowMs = Date.parse('2026-10-05T13:00:00Z')
  await Promise.all([one.pullDue(), other.pullDue()])
  expect(platform.requests).toHaveLength(2)
})

test('a pull while another is at it is refused, and one of a server that is stopped is taken up', async () => {
  const arrived = Promise.withResolvers<void>()
  platform.answer = () => arrived.resolve()
  const [one, other] = [await pulling([source()]), await pulling([source()])]
  const pulled = one.pullDue()
  await arrived.promise
  await expect(other.pull('platform', { again: false })).rejects.toMatchObject({ code: 'conflict' })
  await expect(one.pull('platform', { again: false })).rejects.toMatchObject({ code: 'conflict' })
  expect(await other.list()).toMatchObject([{ isPulling: true }])
  one.stop()
  await pulled
  platform.answer = (_, response) => response.end(csv)
  await other.pullDue()
  expect(await other.list()).toMatchObject([{ isPulling: false, lastOutcome: 'imported', failures: 0 }])
  expect(notices).toEqual([])
})

test('a pull whose server is gone is taken over once its claim has run out; one that ends those who do it waits longer each time', async () => {
  const waits: number[] = []
  for (let server = 1; server <= 4; server++) {
    const arrived = Promise.withResolvers<void>()
    platform.answer = () => arrived.resolve()
    void (await pulling([source({ schedule: '0 0 * * *' })])).pullDue()
    await arrived.promise
    const other = await pulling([source({ schedule: '0 0 * * *' })])
    await other.pullDue()
    expect(platform.requests).toHaveLength(server)
    await using db = await connect(database.url)
    await db.updateTable('source').set({ claimed_by: 'gone', claimed_until: 0 }).execute()
    const [{ nextAt, isPulling }] = (await other.list()) as [Source]
    expect(isPulling).toBe(false)
    waits.push(nextAt === null ? 0 : (Date.parse(nextAt) - nowMs) / 1000)
    nowMs = nextAt === null ? nowMs : Date.parse(nextAt)
  }
  expect(waits).toEqual([0, 30, 60, 120])
  platform.answer = (_, response) => response.end(csv)
  await (await pulling([source({ schedule: '0 0 * * *' })])).pullDue()
  expect(await (await pulling([source()])).list()).toMatchObject([{ failures: 0, lastOutcome: 'imported' }])
  expect(notices).toEqual(['source platform is pulled again'])
})

test('secrets come from the environment and from files, and are not told', async () => {
  await writeFile(folder.file('token'), 'of-file\n')
  const setting = source({
    url: `${platform.url}/x?key=\${KEY}`,
    headers: { Authorization: 'Bearer ${TOKEN}', 'X-Key': `file:${folder.file('token')}` },
  })
  const environment = { KEY: 'k 1', TOKEN: 'of-environment' }
  const sources = await pulling([setting], { environment })
  platform.answer = (_, response) => response.writeHead(403).end()
  await expect(sources.pull('platform', { again: false })).rejects.toThrow(
    /answers 403: are its headers right/,
  )
  expect(platform.requests[0]).toMatchObject({
    url: '/x?key=k%201',
    headers: { authorization: 'Bearer of-environment', 'x-key': 'of-file' },
  })
  const told = JSON.stringify([await sources.list(), notices])
  expect(told).toContain('key=${KEY}')
  expect(told).not.toMatch(/k 1|k%201|of-environment|of-file/)
  await using without = await pulling([setting], { environment: { KEY: 'x' } })
  await expect(without.pull('platform', { again: false })).rejects.toThrow(/^the variable TOKEN is not set/)
})

test('an address of this network is not asked unless the source allows it, also where it is redirected to', async () => {
  const sources = await pulling([source({ allowPrivate: false })])
  await expect(sources.pull('platform', { again: false })).rejects.toThrow(/allowPrivate: true/)
  expect(platform.connections).toBe(0)
})

test('any kind of file is imported, also one of this machine, with its columns', async () => {
  await writeFile(folder.file('zones.csv'), 'Outlet;timezone_str\na;Europe/Berlin\n')
  const file = source({ url: `file://${folder.file('zones.csv')}`, columns: { store_id: 'Outlet' } })
  const sources = await pulling([file, source({ name: 'gone', url: `file://${folder.file('none.csv')}` })])
  await sources.pullDue()
  expect(await imports()).toMatchObject([{ kind: 'timezones', rowsChanged: 1, source: 'source:platform' }])
  expect(await sources.list()).toMatchObject([
    { lastOutcome: 'imported' },
    { lastOutcome: 'failed', lastError: expect.stringMatching(/^the file cannot be read: ENOENT/) as string },
  ])
})

test('what is too large, or no file of ours, fails with what it is', async () => {
  const long = source({ name: 'long', maxBytes: 10 })
  const sources = await pulling([long, source({ name: 'page' })])
  await expect(sources.pull('long', { again: false })).rejects.toThrow(/larger than 10 bytes$/)
  platform.answer = (_, response) => response.setHeader('content-type', 'text/html').end('<html></html>\n')
  await expect(sources.pull('page', { again: false })).rejects.toThrow(/^source:page is of no known kind/)
  platform.answer = (_, response) => response.end()
  await expect(sources.pull('page', { again: false })).rejects.toThrow(/^the answer is empty$/)
  await expect(sources.pull('none', { again: false })).rejects.toThrow(
    'there is no source "none": there are long, page',
  )
})

test('JSON may be packed, and a line of it may have what else ends lines', async () => {
  const poll = { store_id: 'a', status: 'active', timestamp_utc: '2026-10-05T09:00:00Z', note: 'x\u2028y' }
  const other = { ...poll, store_id: 'b' }
  const packed = {
    'all.json.gz': gzipSync(JSON.stringify([poll, other])),
    'lines.ndjson.gz': gzipSync(`${JSON.stringify(poll)}\r\n\n${JSON.stringify(other)}`),
    'lines.ndjson.zst': zstdCompressSync(`${JSON.stringify(poll)}\n${JSON.stringify(other)}\n`),
  }
  for (const [name, bytes] of Object.entries(packed)) {
    platform.answer = (_, response) => response.end(bytes)
    const sources = await pulling([source({ name, url: `${platform.url}/${name}?of=now` })])
    expect(await sources.pull(name, { again: false })).toMatchObject({ import: { rowsAccepted: 2 } })
    expect(await sources.try(name)).toMatchObject({ kind: 'polls', accepted: 2, rejected: 0 })
  }
  platform.answer = (_, response) => response.end(packed['all.json.gz'].subarray(0, -20))
  const cut = await pulling([source({ name: 'cut', url: `${platform.url}/cut.json` })])
  await expect(cut.pull('cut', { again: false })).rejects.toThrow(/^the answer is a damaged gzip file/)
})

test.skipIf(process.platform === 'win32')('a pipe is no file, and keeps nothing waiting', async () => {
  execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', folder.file('pipe.csv')])
  const sources = await pulling([source({ url: `file://${folder.file('pipe.csv')}` })])
  await expect(sources.pull('platform', { again: false })).rejects.toThrow(/pipe\.csv is no file$/)
})

test('sources that are not due keep none waiting that is', async () => {
  const daily = Array.from({ length: 8 }, (_, i) => source({ name: `daily-${i}`, schedule: '0 0 * * *' }))
  const sources = await pulling([...daily, source()])
  for (let i = 0; i < 3; i++) await sources.pullDue()
  expect(platform.requests).toHaveLength(9)
  nowMs = Date.parse('2026-10-05T13:00:00Z')
  await sources.pullDue()
  expect(platform.requests).toHaveLength(10)
})

test('a source that the configuration has no more is still listed', async () => {
  await (await pulling([source()])).pullDue()
  expect(await (await pulling([])).list()).toMatchObject([
    { name: 'platform', url: null, schedule: null, nextAt: null, lastOutcome: 'imported' },
  ])
})

test('what would be taken is told, and nothing is stored', async () => {
  const mapping = { items: '$.data[*]', store_id: 'id', status: 'state', values: { OPEN: 'active' as const } }
  const sources = await pulling([source({ mapping }), source({ name: 'zones' })])
  const answer = '{"data": [{"id": "a", "state": "OPEN"}, {"id": "b", "state": "?"}]}'
  expect(await sources.try('platform', answer)).toMatchObject({
    kind: 'polls',
    accepted: 1,
    rejected: 1,
    rejections: [{ row: 2, reason: 'status "? (not among values)" is neither active nor inactive' }],
    polls: [{ storeId: 'a', status: 'active', timestampUtc: '2026-10-05T12:00:10Z' }],
    lines: ['store_id,status,timestamp_utc', 'a,active,2026-10-05T12:00:10Z', expect.any(String)],
  })
  expect(await sources.try('zones', 'store_id,timezone_str\na,UTC\n')).toMatchObject({
    kind: 'timezones',
    accepted: null,
  })
  expect(await sources.try('zones')).toMatchObject({ kind: 'polls', accepted: 1 })
  await expect(sources.try('platform', 'no JSON')).rejects.toThrow(/^the answer is not JSON/)
  expect(await imports()).toEqual([])
  expect(await sources.list()).toMatchObject([{ lastAttemptAt: null }, { lastAttemptAt: null }])
})
