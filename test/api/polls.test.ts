import { DuckDBInstance } from '@duckdb/node-api'
import { writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { connect } from '../../server/database/connect.ts'
import { foldTail, weeksInTail } from '../../server/database/tail/fold-tail.ts'
import { chunksOf } from '../../server/database/tail/tail-row.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { createRandom } from '../bench/random.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { clientOf } from '../support/trpc-client.ts'

const header = 'store_id,status,timestamp_utc\n'
const startMs = Date.parse('2023-01-17T00:00:00Z')
const DAY_MS = 86_400_000

/** Polls by store and instant, as they were pushed last. */
type Model = Map<string, Map<number, string>>

/** As the exports write an instant. */
function written(ms: number): string {
  const [date, time] = new Date(ms).toISOString().slice(0, -1).split('T')
  return `${date} ${time!.replace(/\.?0+$/, (zeros) => (time!.endsWith('.000') ? '' : zeros.replace(/[.0]+/, '')))} UTC`
}

function csvOf(model: Model, isMeant: (store: string, ms: number) => boolean = () => true): string {
  const lines = [...model.keys()]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((store) =>
      [...model.get(store)!]
        .filter(([ms]) => isMeant(store, ms))
        .toSorted(([a], [b]) => a - b)
        .map(([ms, status]) => `${store},${status},${written(ms)}\n`),
    )
  return header + lines.join('')
}

/** Pushes some hundred polls of some stores, many of them twice, by several pushes. */
async function pushRandomPolls(server: TestServer, model: Model, seed: number): Promise<void> {
  const random = createRandom(seed)
  const below = (n: number) => Math.floor(random() * n)
  for (let push = 0; push < 6; push++) {
    const polls = Array.from({ length: 150 }, () => {
      const store = ['a', 'B', '10', '9', '1-x', 'b.c:d_e'][below(6)]!
      const ms = startMs + below(12) * DAY_MS + below(40) * 3_600_000 + [0, 1, 20, 500, 999][below(5)]!
      return { store_id: store, status: random() < 0.7 ? 'active' : 'inactive', timestamp_utc: ms }
    })
    for (const { store_id: store, status, timestamp_utc: ms } of polls) {
      const ofStore = model.get(store) ?? new Map<number, string>()
      model.set(store, ofStore.set(ms, status))
    }
    const lines = polls.map((poll) => ({ ...poll, timestamp_utc: formatTimestamp(poll.timestamp_utc) }))
    await pushed(server, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  }
}

async function pushed({ url }: TestServer, body: string): Promise<void> {
  const response = await fetch(`${url}/polls`, { method: 'POST', body })
  expect(await response.json()).toMatchObject({ rejected: 0 })
}

async function foldAll({ databaseUrl }: TestServer): Promise<void> {
  await using db = await connect(databaseUrl)
  for (const week of await weeksInTail(db)) {
    await writeAlone(db, 'data', (tx) => foldTail(tx, week, chunksOf([1])))
  }
  expect(await weeksInTail(db)).toEqual([])
}

async function exported({ url }: TestServer, query: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${url}/polls?${new URLSearchParams({ format: 'csv', ...query }).toString()}`)
  expect(response.status).toBe(200)
  return response.text()
}

/** The rows of a Parquet file, as another program reads them: as CSV. */
async function rowsOfParquet(bytes: Uint8Array): Promise<string> {
  await using folder = await temporaryFolder()
  const file = folder.file('polls.parquet')
  await writeFile(file, bytes)
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const columns = await connection.runAndReadAll(`describe select * from '${file}'`)
  expect(columns.getRows().map(([name, type]) => [name, type])).toEqual([
    ['store_id', 'VARCHAR'],
    ['status', 'VARCHAR'],
    ['timestamp_utc', 'TIMESTAMP WITH TIME ZONE'],
  ])
  const rows = await connection.runAndReadAll(
    `select store_id, status, epoch_ms(timestamp_utc) from '${file}'`,
  )
  connection.closeSync()
  instance.closeSync()
  return (
    header +
    rows
      .getRows()
      .map(([id, status, ms]) => `${String(id)},${String(status)},${written(Number(ms))}\n`)
      .join('')
  )
}

describe('polls come out as they went in, and again where they are put into an empty database,', () => {
  test.each(['in the tail', 'in their weeks', 'in both'])('where they are %s', async (where) => {
    await using server = await runningServer()
    const model: Model = new Map()
    await pushRandomPolls(server, model, 1)
    if (where !== 'in the tail') await foldAll(server)
    if (where === 'in both') await pushRandomPolls(server, model, 2)

    const csv = await exported(server)
    expect(csv).toBe(csvOf(model))
    const ndjson = await exported(server, { format: 'ndjson' })
    const parquet = await fetch(`${server.url}/polls?format=parquet`)
    expect(parquet.headers.get('content-type')).toBe('application/vnd.apache.parquet')
    expect(await rowsOfParquet(await parquet.bytes())).toBe(csv)

    await using imported = await runningServer()
    await imported.upload(csv, 'polls.csv')
    expect(await exported(imported)).toBe(csv)
    await using again = await runningServer()
    await pushed(again, ndjson)
    expect(await exported(again, { format: 'ndjson' })).toBe(ndjson)
    expect(await exported(again)).toBe(csv)
  })
})

test('the polls of a store, of groups and of a time are those that were asked for', async () => {
  await using server = await runningServer()
  const model: Model = new Map()
  await pushRandomPolls(server, model, 3)
  await server.upload('store_id,name,city,chain\na,,Bonn,Soup\nB,,Bonn,Tea\n10,,Ulm,Soup\n', 'details.csv')
  const from = startMs + 3 * DAY_MS
  const to = startMs + 9 * DAY_MS + 20
  const time = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const isThen = (_: string, ms: number) => ms >= from && ms < to

  expect(await exported(server, time)).toBe(csvOf(model, isThen))
  expect(await exported(server, { store_id: '9', ...time })).toBe(
    csvOf(model, (store, ms) => store === '9' && isThen(store, ms)),
  )
  expect(await exported(server, { labels: 'city=Bonn' })).toBe(csvOf(model, (store) => 'aB'.includes(store)))
  const both = await fetch(`${server.url}/polls?format=csv&labels=city%3DBonn&labels=chain%3DSoup`)
  expect(await both.text()).toBe(csvOf(model, (store) => store === 'a'))
  expect(await exported(server, { labels: 'chain=Soup', store_id: 'B' })).toBe(header)
  expect(await exported(server, { labels: 'city=Rome' })).toBe(header)
  expect(await exported(server, { from: '2024-01-01T00:00Z' })).toBe(header)
  const nothing = await fetch(`${server.url}/polls?format=parquet&from=2024-01-01T00:00Z`)
  expect(await rowsOfParquet(await nothing.bytes())).toBe(header)

  const { poll } = clientOf(server.url)
  const wanted = { storeId: 'a', labels: ['city=Bonn'], from: time.from }
  const pages = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof poll.list.query>> = await poll.list.query({
      ...wanted,
      limit: 7,
      ...(cursor === null ? {} : { cursor }),
    })
    expect(page.items.length).toBeLessThanOrEqual(7)
    pages.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  const lines = pages.map((one) => `${one.storeId},${one.status},${written(Date.parse(one.timestampUtc))}\n`)
  expect(header + lines.join('')).toBe(csvOf(model, (store, ms) => store === 'a' && ms >= from))

  const all = []
  for (let next: string | undefined = ''; next !== undefined;) {
    const asked = new URLSearchParams({ limit: '100', ...(next === '' ? {} : { cursor: next }) })
    const response = await fetch(`${server.url}/polls?${asked.toString()}`)
    const page = (await response.json()) as Awaited<ReturnType<typeof poll.list.query>>
    all.push(...page.items)
    next = page.nextCursor ?? undefined
  }
  expect(
    header +
      all.map((one) => `${one.storeId},${one.status},${written(Date.parse(one.timestampUtc))}\n`).join(''),
  ).toBe(csvOf(model))
})

test('a file is named by the dates that it has, and packed where the caller takes it so', async () => {
  await using server = await runningServer()
  const nameOf = async (query: string) => {
    const { headers } = await fetch(`${server.url}/polls?${query}`, { method: 'HEAD' })
    return headers.get('content-disposition')
  }
  expect(await nameOf('format=csv')).toBe('attachment; filename="polls.csv"')
  await server.upload(`${header}a,active,2023-01-18 23:59:59.999 UTC\nb,active,2023-01-25 00:00:00 UTC\n`)
  expect(await nameOf('format=csv')).toBe('attachment; filename="polls-2023-01-18--2023-01-25.csv"')
  await pushed(server, `${header}b,active,2023-01-17 12:00:00 UTC\n`)
  expect(await nameOf('format=parquet')).toBe('attachment; filename="polls-2023-01-17--2023-01-25.parquet"')
  const asked = 'format=ndjson&from=2023-01-20T00:00Z&to=2023-01-22T00:00Z'
  expect(await nameOf(asked)).toBe('attachment; filename="polls-2023-01-20--2023-01-21.ndjson"')

  const packed = await fetch(`${server.url}/polls?format=csv`, { headers: { 'accept-encoding': 'gzip' } })
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect(await packed.text()).toContain('a,active,2023-01-18 23:59:59.999 UTC\n')
  expect((await fetch(`${server.url}/polls?format=parquet`)).headers.get('content-encoding')).toBeNull()
})

test('what cannot be asked for is refused, with the value and the remedy', async () => {
  await using server = await runningServer()
  await server.upload(`${header}a,active,2023-01-18 12:00:00 UTC\n`)
  const refused = async (query: string) => {
    const response = await fetch(`${server.url}/polls?${query}`)
    const { detail } = (await response.json()) as { detail: string }
    return `${response.status} ${detail}`
  }
  expect(await refused('format=csv&store_id=nowhere')).toMatch(/^404 there is no store "nowhere"/)
  expect(await refused('store_id=nowhere')).toMatch(/^404 there is no store "nowhere"/)
  expect(await refused('format=xls')).toMatch(/^400 format: /)
  expect(await refused('format=csv&from=monday')).toMatch(/^400 from: "monday" is not an instant: write /)
  expect(await refused('format=csv&labels=Bonn')).toMatch(
    /^400 labels: "Bonn" is no group: write label=value/,
  )
  expect(await refused('from=2023-01-02T00:00Z&to=2023-01-02T00:00Z')).toMatch(
    /^400 from .* is not before to /,
  )
  expect(await refused('cursor=x')).toMatch(/^400 "x" is not a cursor of a list of polls/)
  expect(await refused('store_id=a&cursor=b@1')).toMatch(
    /^400 "b@1" is not a cursor of a list of the polls of "a": take nextCursor/,
  )
})

test('the typed client has a file as it arrives, and may give it up', async () => {
  await using server = await runningServer()
  const { polls } = createStoreMonitorClient({ url: server.url })
  const csv = `${header}a,active,2023-01-18 12:00:00.5 UTC\n`
  await server.upload(`${csv}b,active,2023-01-20 12:00:00 UTC\n`)
  const { name, bytes } = await polls.export({
    storeId: 'a',
    from: new Date('2023-01-18'),
    to: '2023-01-19T00:00Z',
  })
  expect(name).toBe('polls-2023-01-18--2023-01-18.csv')
  expect(await text(bytes)).toBe(csv)
  await expect(polls.export({ storeId: 'c' })).rejects.toMatchObject({ code: 'not-found' })
  await expect(polls.export({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})
