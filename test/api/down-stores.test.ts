import { expect, test } from 'vitest'
import { createStoreMonitorClient, type StoreMonitorClient } from '../../client/index.ts'
import { downCsvHeader, downCsvLine } from '../../shared/insight-csv.ts'
import { noon, pollFile } from '../support/import-scene.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'

const HOUR_MS = 3_600_000
const at = (hours: number) => formatTimestamp(noon + hours * HOUR_MS)

/** Stores that are down for 1, 2, 3 … hours, and one that is up. */
async function sceneWithDown(count: number) {
  await using parts = new AsyncDisposableStack()
  const server = parts.use(await runningServer())
  const polls = Array.from({ length: count }, (_, i) => [
    [`s${i + 1}`, 'active', at(-2 * (i + 1))] as const,
    [`s${i + 1}`, 'inactive', at(0)] as const,
  ])
  await server.upload(pollFile([...polls.flat(), ['up', 'active', at(0)]]))
  const owned = parts.move()
  return {
    server,
    client: createStoreMonitorClient({ url: server.url }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function downIds(client: StoreMonitorClient, labels?: string): Promise<string[]> {
  const { items } = await client.store.down.query(labels === undefined ? {} : { labels })
  return items.map(({ storeId }) => storeId)
}

async function reportedDown({ url }: TestServer): Promise<unknown[]> {
  const { report_id: reportId } = await finishedReport(url)
  const rows = await fetch(`${url}/reports/${String(reportId)}/rows?now=down&limit=1000`)
  const { items } = (await rows.json()) as { items: Record<string, unknown>[] }
  return items.map(({ storeId, name, timezone, since, sinceIsCut, downForMs, lastPoll }) => ({
    storeId,
    name,
    timezone,
    since,
    sinceIsCut,
    downForMs,
    lastPoll,
  }))
}

test('the stores that are down are told the longest first, a page at a time, as a report has them', async () => {
  await using scene = await sceneWithDown(5)
  const { client, server } = scene
  const all = await client.store.down.query()
  expect(all.items.map(({ storeId }) => storeId)).toEqual(['s5', 's4', 's3', 's2', 's1'])
  expect(all).toMatchObject({
    asOf: at(0),
    counts: { up: 1, down: 5, unknown: 0, excused: 0, closed: 0 },
    nextCursor: null,
  })
  expect(all.items.toReversed()).toEqual(await reportedDown(server))

  const first = await client.store.down.query({ limit: 2 })
  const second = await client.store.down.query({ limit: 3, cursor: first.nextCursor! })
  expect([...first.items, ...second.items]).toEqual(all.items)
  expect(second.nextCursor).toBeNull()

  const overRest = await fetch(`${server.url}/down-stores?limit=2`)
  expect(await overRest.json()).toEqual(first)
  const csv = await fetch(`${server.url}/down-stores?format=csv&limit=2`)
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(await csv.text()).toBe(downCsvHeader + all.items.map(downCsvLine).join(''))
  expect(server.errors).toEqual([])
})

test('what stores are now follows pushes, imports, rules, corrections and deletions', async () => {
  await using scene = await sceneWithDown(3)
  const { client, server } = scene
  expect(await downIds(client)).toEqual(['s3', 's2', 's1'])

  await client.polls.push([{ storeId: 's3', status: 'active', timestampUtc: at(0.5) }])
  expect(await downIds(client)).toEqual(['s2', 's1'])
  await client.polls.push([{ storeId: 'new', status: 'inactive', timestampUtc: at(0.5) }])
  expect(await downIds(client)).toEqual(['new', 's2', 's1'])
  await server.upload(pollFile([['s2', 'active', at(0.4)]]))
  expect(await downIds(client)).toEqual(['new', 's1'])
  await server.upload(`store_id,name,city\ns1,"One, first",Bonn\n`)
  expect(await downIds(client, 'city=Bonn')).toEqual(['s1'])
  expect(await downIds(client, 'city=Köln')).toEqual([])
  const csv = await fetch(`${server.url}/down-stores?format=csv&labels=city=Bonn`)
  expect(await csv.text()).toMatch(/\ns1,"One, first",America\/Chicago,/)

  const correction = await client.correction.create.mutate({
    storeId: 's1',
    from: at(-10),
    to: at(10),
    kind: 'wrong-data',
    reason: 'x',
  })
  expect(await downIds(client)).toEqual(['new'])
  await client.correction.revoke.mutate({ correctionId: correction.correctionId })
  expect(await downIds(client)).toEqual(['new', 's1'])
  const otherDay = (new Date(noon).getUTCDay() + 2) % 7
  const spans = [{ day: otherDay, start: '09:00', end: '17:00' }]
  await client.store.setBusinessHours.mutate({ storeId: 'new', spans })
  expect(await downIds(client)).toEqual(['s1'])
  const deletion = { storeId: 's1', from: at(-0.5), to: at(1), reason: 'x' }
  const { polls } = await client.poll.delete.mutate(deletion)
  await client.poll.delete.mutate({ ...deletion, confirm: polls })
  expect(await downIds(client)).toEqual([])
  expect(server.errors).toEqual([])
})

test('without polls there is nothing to tell, until there are some, and again when they are gone', async () => {
  await using server = await runningServer()
  const client = createStoreMonitorClient({ url: server.url })
  await expect(client.store.down.query()).rejects.toMatchObject({ code: 'conflict' })
  await client.polls.push([{ storeId: 'a', status: 'inactive', timestampUtc: at(0) }])
  expect(await downIds(client)).toEqual(['a'])
  await client.store.delete.mutate({ storeId: 'a', reason: 'x', confirm: 1 })
  await expect(client.store.down.query()).rejects.toMatchObject({ code: 'conflict' })
})

test('a store may be called as the list is, and a browser shows the list, too', async () => {
  await using server = await runningServer()
  await server.upload(pollFile([['down', 'inactive', at(0)]]))
  expect(await (await fetch(`${server.url}/stores/down`)).json()).toMatchObject({ storeId: 'down' })
  const asked = await fetch(`${server.url}/down-stores`, { headers: { accept: 'text/html,*/*;q=0.8' } })
  expect(await asked.json()).toMatchObject({ items: [{ storeId: 'down' }] })
})

test('what is pushed to one server is known to another on the same database', async () => {
  await using one = await sceneWithDown(1)
  await using other = await runningServer({ databaseUrl: one.server.databaseUrl })
  const otherClient = createStoreMonitorClient({ url: other.url })
  expect(await downIds(otherClient)).toEqual(['s1'])
  await one.client.polls.push([{ storeId: 'up', status: 'inactive', timestampUtc: at(1) }])
  expect(await downIds(otherClient)).toEqual(['s1', 'up'])
})
