import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStoreMonitorClient, type ListedRow, type StoreMonitorClient } from '../../../client/index.ts'
import { connect } from '../../../server/database/connect.ts'
import { sortColumns } from '../../../shared/row-columns.ts'
import type { storeStates } from '../../../shared/store-state.ts'
import { casesFolder } from '../../support/cases.ts'
import { runningServer, type TestServer } from '../../support/running-server.ts'

const DAY_MS = 86_400_000
const asOf = '2024-12-24T16:00:00Z'
const earlier = '2024-12-19T16:00:00Z'

/** A store's row, which is not told what it does not ask for. */
type Query = Parameters<StoreMonitorClient['report']['rows']['query']>[0]

let server: TestServer
let client: StoreMonitorClient
/** Of two instants, the reports with all of their rows. */
let now: { readonly reportId: string; readonly rows: readonly ListedRow[] }
let before: typeof now

beforeAll(async () => {
  server = await runningServer()
  await server.uploadCase(join(casesFolder, '26-thirty-stores-over-weeks'))
  client = createStoreMonitorClient({ url: server.url })
  before = await completeReport(earlier)
  now = await completeReport(asOf)
})
afterAll(() => server[Symbol.asyncDispose]())

async function completeReport(asOf: string): Promise<typeof now> {
  const { reportId } = (await Array.fromAsync(client.runReport({ asOf }))).at(-1)!
  const { items } = await client.report.rows.query({ reportId, limit: 1000 })
  return { reportId, rows: items }
}

async function idsOf(query: Omit<Query, 'reportId'>): Promise<string[]> {
  const { items, total } = await client.report.rows.query({ reportId: now.reportId, limit: 1000, ...query })
  expect(total).toBe(items.length)
  return items.map(({ storeId }) => storeId)
}

const idsWhere = (test: (row: ListedRow) => boolean) => now.rows.filter(test).map(({ storeId }) => storeId)

describe('a row tells what its store is just before as_of', () => {
  test('as the timeline of the store ends, and since when it is down as the list of outages has it', async () => {
    const seen = new Set<string>()
    for (const [report, atText] of [
      [now, asOf],
      [before, earlier],
    ] as const) {
      const day = (days: number) => new Date(Date.parse(atText) + days * DAY_MS).toISOString().slice(0, 10)
      for (const row of report.rows) {
        const { storeId } = row
        const { segments } = await client.store.timeline.query({ storeId, asOf: atText })
        expect(row.now).toBe(segments.at(-1)!.status)
        seen.add(row.now!)
        const { items } = await client.outage.list.query({
          storeId,
          asOf: atText,
          since: day(-2),
          until: day(1),
        })
        const ongoing = row.now === 'down' ? items.find(({ end }) => end === null)! : undefined
        const weekStart = Date.parse(atText) - 7 * DAY_MS
        const isCut = ongoing !== undefined && Date.parse(ongoing.start) < weekStart
        expect(row.sinceIsCut).toBe(isCut)
        expect(row.since && Date.parse(row.since) >= weekStart).toBe(ongoing === undefined ? null : true)
        const told = isCut ? [null, null] : [row.since && Date.parse(row.since), row.downForMs]
        const whole = ongoing === undefined ? [null, null] : [Date.parse(ongoing.start), ongoing.downtimeMs]
        expect(told).toEqual(isCut ? [null, null] : whole)
      }
    }
    expect([...seen].sort()).toEqual(['closed', 'down', 'unknown', 'up'])
  })

  test('and when it was polled last, what it is called, and where it is', async () => {
    for (const { storeId, lastPoll, name, timezone } of now.rows) {
      const { polls } = await client.store.timeline.query({
        storeId,
        asOf,
        since: '2024-12-16T16:00:00Z',
        until: asOf,
      })
      expect(lastPoll && Date.parse(lastPoll)).toBe(polls.length === 0 ? null : Date.parse(polls.at(-1)!.at))
      const { offsets } = await client.store.timeline.query({ storeId, asOf })
      expect(timezone).toBe(offsets.at(-1)!.timezone)
      expect(name).toBe((await client.store.get.query({ storeId })).name)
    }
  })
})

describe('rows are sorted', () => {
  const urgency: readonly (typeof storeStates)[number][] = ['down', 'unknown', 'up', 'excused', 'closed']

  /** What is compared: a number or a text; null is last. */
  function valueOf(row: ListedRow, column: (typeof sortColumns)[number]): number | string | null {
    if (column === 'downMs') return row.downForMs
    if (column === 'now') return urgency.indexOf(row.now!)
    if (column === 'since' || column === 'lastPoll') return row[column] && Date.parse(row[column])
    return column === 'name' ? (row.name?.toLowerCase() ?? null) : row[column]
  }

  test.each(sortColumns)('by %s, and by id where that is the same', async (sortBy) => {
    const { reportId } = now
    const compared = { reportId, compareWith: before.reportId, limit: 1000 }
    const { items: rows } = await client.report.rows.query(compared)
    for (const order of ['ascending', 'descending'] as const) {
      const sign = order === 'ascending' ? 1 : -1
      const expected = rows.toSorted((a, b) => {
        const [left, right] = [valueOf(a, sortBy), valueOf(b, sortBy)]
        if (left === right) return 0
        if (left === null || right === null) return Number(left === null) - Number(right === null)
        return left < right ? -sign : sign
      })
      const { items } = await client.report.rows.query({ ...compared, sortBy, order })
      expect(items).toEqual(expected)
    }
  })

  test('a page at a time from any place, with how many there are', async () => {
    const query = { reportId: now.reportId, sortBy: 'lastPoll', order: 'descending' } as const
    const { items } = await client.report.rows.query({ ...query, limit: 1000 })
    const second = await client.report.rows.query({ ...query, limit: 12, cursor: '12' })
    expect(second).toEqual({ items: items.slice(12, 24), nextCursor: '24', total: 30 })
    const beyond = await client.report.rows.query({ ...query, cursor: '30' })
    expect(beyond).toEqual({ items: [], nextCursor: null, total: 30 })
  })
})

describe('rows are chosen', () => {
  test('by a text in the id or the name', async () => {
    expect(await idsOf({ search: 'SHOP-' })).toEqual(idsWhere(({ storeId }) => storeId.includes('shop-')))
    const named = idsWhere(({ name }) => name === 'Store 0')
    expect(named).toHaveLength(1)
    expect(await idsOf({ search: 'tore 0' })).toEqual(named)
    expect(await idsOf({ storeId: 'tore 0' })).toEqual([])
    expect(await idsOf({ search: '%' })).toEqual([])
  })

  test('by groups, by zone, and by what they are', async () => {
    const salad = (await client.store.list.query({ limit: 1000 })).items
      .filter(({ labels }) => labels['chain'] === 'Salad' && labels['city'] === 'Austin')
      .map(({ storeId }) => storeId)
    expect(salad.length).toBeGreaterThan(0)
    expect(await idsOf({ labels: ['chain=Salad', 'city=Austin'] })).toEqual(salad)
    const { timezone } = now.rows[0]!
    expect(await idsOf({ timezone })).toEqual(idsWhere((row) => row.timezone === timezone))
    expect(await idsOf({ timezone: 'Mars/Olympus' })).toEqual([])
    const down = idsWhere((row) => row.now === 'down')
    expect(down.length).toBeGreaterThan(0)
    expect(await idsOf({ now: 'down' })).toEqual(down)
    expect(await idsOf({ now: ['down', 'closed'] })).toEqual(
      idsWhere((row) => row.now === 'down' || row.now === 'closed'),
    )
    expect(await idsOf({ now: 'down', search: 'nothing' })).toEqual([])
  })

  test('by uptime of a window: from one bound to before the other, exactly one, or none that was observed', async () => {
    for (const window of ['LastHour', 'LastDay', 'LastWeek'] as const) {
      const percent = (row: ListedRow) => row[`uptime${window}Percent`]
      expect(await idsOf({ window, uptimeFrom: 50, uptimeTo: 90 })).toEqual(
        idsWhere((row) => percent(row) !== null && percent(row)! >= 50 && percent(row)! < 90),
      )
      expect(await idsOf({ window, uptimeTo: 100 })).toEqual(
        idsWhere((row) => percent(row) !== null && percent(row)! < 100),
      )
      expect(await idsOf({ window, uptimeFrom: 100, uptimeTo: 100 })).toEqual(
        idsWhere((row) => percent(row) === 100),
      )
      const restMs = (row: ListedRow) => row[`unknown${window}Ms`] + row[`excused${window}Ms`]
      expect(await idsOf({ window, observed: 'never' })).toEqual(
        idsWhere((row) => percent(row) === null && restMs(row) > 0),
      )
      expect(await idsOf({ window, observed: 'not-open' })).toEqual(
        idsWhere((row) => percent(row) === null && restMs(row) === 0),
      )
    }
  })
})

test('a change is how many points uptime is above that of the compared report', async () => {
  const { items } = await client.report.rows.query({
    reportId: now.reportId,
    compareWith: before.reportId,
    window: 'LastDay',
    limit: 1000,
  })
  const percents = new Map(before.rows.map((row) => [row.storeId, row.uptimeLastDayPercent]))
  expect(items.filter(({ change }) => change !== null && change !== 0).length).toBeGreaterThan(3)
  for (const { storeId, uptimeLastDayPercent, change } of items) {
    const then = percents.get(storeId) ?? null
    const isKnown = then !== null && uptimeLastDayPercent !== null
    expect(change).toBe(isKnown ? Math.round((uptimeLastDayPercent - then) * 100) / 100 : null)
  }
  expect(now.rows.every(({ change }) => change === null)).toBe(true)
})

test('what cannot be is refused, with what to do', async () => {
  const { reportId } = now
  const refused = async (query: object) =>
    client.report.rows.query({ reportId, ...query }).then(
      () => 'taken',
      (error: unknown) => (error as Error).message,
    )
  expect(await refused({ now: 'asleep' })).toMatch(
    /now: "asleep" is no state: write one of up, down, unknown, excused, closed, or several/,
  )
  expect(await refused({ uptimeFrom: 90, uptimeTo: 80 })).toContain(
    'uptimeTo: 80 is less than uptimeFrom, 90: give the lower one as uptimeFrom',
  )
  expect(await refused({ cursor: 'x' })).toContain('"x" is not a cursor of these rows')
  expect(await refused({ compareWith: '00000000-0000-4000-8000-000000000000' })).toContain(
    'there is no report',
  )
  const byDay = await client.report.trigger.mutate({ by: 'day', from: '2024-12-20', to: '2024-12-21' })
  expect(await refused({ compareWith: byDay.reportId })).toMatch(/is by day: ask for its rows by period/)
})

test('of a report that was made before states were kept, all but these is told', async () => {
  const { reportId } = await completeReport('2024-12-21T16:00:00Z')
  await using db = await connect(server.databaseUrl)
  await db
    .updateTable('report_part')
    .set({ states: null })
    .where('report_key', '=', (eb) =>
      eb
        .selectFrom('report')
        .select('report.report_key')
        .where('report_id', '=', reportId as never),
    )
    .execute()
  // It is kept as it was until others have taken its place.
  await completeReport('2024-12-22T16:00:00Z')
  await completeReport('2024-12-23T16:00:00Z')
  const { items, total } = await client.report.rows.query({ reportId, sortBy: 'uptimeLastWeekPercent' })
  expect(total).toBe(30)
  expect(items[0]).toMatchObject({ now: null, since: null, downForMs: null, lastPoll: null })
  for (const query of [{ now: 'down' }, { sortBy: 'since' }] as const) {
    await expect(client.report.rows.query({ reportId, ...query })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /does not know what its stores were at its as_of.*request it again/,
      ) as unknown,
    })
  }
})
