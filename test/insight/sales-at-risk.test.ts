import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteStore } from '../../server/database/store-deletions.ts'
import { deleteOldPolls } from '../../server/database/retained.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { listSalesAtRisk } from '../../server/insight/sales-at-risk.ts'
import { groupSales } from '../../server/insight/sales-groups.ts'
import { readTimeline } from '../../server/insight/timeline.ts'
import { deleteStoreInput } from '../../shared/deletion.ts'
import { salesGroupsInput, salesListInput, type SalesRow } from '../../shared/sales-at-risk.ts'
import { timelineInput } from '../../shared/timeline.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { importScene, noon, pollFile, type ImportScene } from '../support/import-scene.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const firstDay = Date.UTC(2022, 11, 26)
const lastDay = Date.UTC(2023, 0, 31)
const stores = ['a', 'b', 'c', 'd', 'e']
/** All but `e` were seen down at 12:30 and 13:30. */
const downDay = Date.UTC(2023, 0, 24)

/** Polled at half past each hour from 9 to 17. */
const polls = pollFile(
  stores.flatMap((store) =>
    hoursOf(9, 17).map(({ dayMs, hour }) => {
      const isDown = dayMs === downDay && store !== 'e' && [12, 13].includes(hour)
      return [store, isDown ? 'inactive' : 'active', at(dayMs, hour, 30)] as const
    }),
  ),
)
const hours = [
  'store_id,day,start_time_local,end_time_local',
  ...stores.flatMap((store) => [0, 1, 2, 3, 4, 5, 6].map((day) => `${store},${day},09:00,17:00`)),
].join('\n')
const details = `store_id,name,city\na,A,Bonn\nb,B,Bonn\nc,C,Bonn\nd,D,Köln\ne,E,Bonn\n`
const zones = `store_id,timezone_str\n${stores.map((store) => `${store},UTC\n`).join('')}`
/** A takes 100 an hour, on Tuesdays at 12 and 13 it takes 200. */
const orders = [
  'store_id,ordered_at_utc,amount,currency',
  ...hoursOf(9, 17).flatMap(({ dayMs, hour }) => {
    const isBusy = new Date(dayMs).getUTCDay() === 2 && [12, 13].includes(hour)
    const isLost = dayMs === downDay && [12, 13].includes(hour)
    return isLost
      ? []
      : [`a,${at(dayMs, hour, 5)},${isBusy ? 150 : 50},EUR`, `a,${at(dayMs, hour, 50)},50,EUR`]
  }),
].join('\n')
const revenue = 'store_id,revenue_per_hour,currency\nc,1000,EUR\nd,50,USD\n'

function hoursOf(from: number, to: number): { readonly dayMs: number; readonly hour: number }[] {
  const days = Array.from({ length: (lastDay - firstDay) / DAY_MS }, (_, day) => firstDay + day * DAY_MS)
  return days.flatMap((dayMs) => Array.from({ length: to - from }, (_, i) => ({ dayMs, hour: from + i })))
}

function at(dayMs: number, hour: number, minute: number): string {
  return formatTimestamp(dayMs + hour * HOUR_MS + minute * 60_000)
}

async function aScene(): Promise<ImportScene> {
  const scene = await importScene()
  const files = { details, zones, hours, polls, orders, revenue }
  const paths: string[] = []
  for (const [name, text] of Object.entries(files)) paths.push(await scene.write(`${name}.csv`, text))
  await scene.import(paths)
  return scene
}

async function rowsOf({ db }: ImportScene, query: object = {}): Promise<SalesRow[]> {
  const dates = { since: '2023-01-23', until: '2023-01-29' }
  return (await listSalesAtRisk(db, salesListInput.parse({ ...dates, ...query }))).items
}

const short = ({ storeId, currency, low, middle, high, basis }: SalesRow) =>
  [storeId, currency, low, middle, high, basis] as const

describe('what stores lost', () => {
  let scene: ImportScene
  beforeAll(async () => {
    scene = await aScene()
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test('is by the orders of the same hour, those of others, and what is said; what was up has no row', async () => {
    const rows = await rowsOf(scene)
    // Seen down for one hour, down for two, and for three at most.
    expect(rows.map(short)).toEqual([
      ['a', 'EUR', 200, 400, 500, 'hour'],
      ['b', 'EUR', 200, 400, 500, 'group'],
      ['c', 'EUR', 700, 2000, 3900, 'given'],
      ['d', 'USD', 35, 100, 200, 'given'],
    ])
    expect(rows[0]).toMatchObject({ downtimeMs: 2 * HOUR_MS, unpricedMs: 0, unknownMs: 0 })
    const most = await rowsOf(scene, { sortBy: 'most', limit: 3 })
    expect(most).toEqual([rows[2], rows[0], rows[1]])
  })

  test('is known of a store alone without those of others, and of groups with those of their stores', async () => {
    const nothing = { currency: null, low: null, middle: null, high: null, basis: null }
    expect(await rowsOf(scene, { storeId: 'b' })).toMatchObject([{ ...nothing, unpricedMs: 2 * HOUR_MS }])
    const one = { storeId: 'b', average: 10 }
    expect((await rowsOf(scene, one)).map(short)).toEqual([['b', null, 7, 20, 39, 'average']])
    expect((await rowsOf(scene, { labels: 'city=Bonn' })).map(({ storeId }) => storeId)).toEqual([
      'a',
      'b',
      'c',
    ])
    expect(await rowsOf(scene, { labels: ['city=Bonn'], storeId: 'd' })).toEqual([])
    await expect(rowsOf(scene, { storeId: 'nobody' })).rejects.toThrow(/no store "nobody"/)
  })

  test('is less where some of it is ordered later, and none where nothing was down, also of a store that is named', async () => {
    const [a] = await rowsOf(scene, { recaptured: 50, storeId: 'a' })
    expect(short(a!)).toEqual(['a', 'EUR', 100, 200, 250, 'hour'])
    expect((await rowsOf(scene, { storeId: 'e' })).map(short)).toEqual([['e', null, 0, 0, 0, null]])
    const before = { since: '2023-01-16', until: '2023-01-22' }
    expect(await rowsOf(scene, before)).toEqual([])
  })

  test('is never of time that is unknown, which is stated', async () => {
    const query = { since: '2023-01-24', until: '2023-01-24', reach: '20m', storeId: 'a', average: 100 }
    // Each poll speaks for 40 minutes, so that no hour was wholly up.
    const [a] = await rowsOf(scene, query)
    expect(a).toMatchObject({ downtimeMs: (2 * HOUR_MS * 2) / 3, unknownMs: (8 * HOUR_MS) / 3 })
    expect(short(a!)).toEqual(['a', 'EUR', 0, 130, 180, 'average'])
  })

  test('is rolled up by a label and currency, or of all together', async () => {
    const groups = async (query: object) => {
      const dates = { since: '2023-01-23', until: '2023-01-29' }
      const rolledUp = await groupSales(scene.db, salesGroupsInput.parse({ ...dates, ...query }))
      return rolledUp.groups.map(({ group, currency, stores, low, middle, high }) => [
        group,
        currency,
        stores,
        [low, middle, high],
      ])
    }
    expect(await groups({ by: 'city' })).toEqual([
      ['Bonn', 'EUR', 3, [1100, 2800, 4900]],
      ['Köln', 'USD', 1, [35, 100, 200]],
    ])
    expect(await groups({ labels: ['city=Bonn'] })).toEqual([[null, 'EUR', 3, [1100, 2800, 4900]]])
    expect(await groups({ since: '2023-01-16', until: '2023-01-22' })).toEqual([])
  })

  test('is in what is explained of a store, where it was down and something is known', async () => {
    const explained = async (storeId: string, until: string) => {
      const query = timelineInput.parse({ storeId, since: '2023-01-23', until })
      return (await readTimeline(scene.db, query)).salesAtRisk
    }
    const [{ storeId: _, downtimeMs: __, unknownMs: ___, ...ofA }] = (await rowsOf(scene)) as [SalesRow]
    expect(await explained('a', '2023-01-29')).toEqual(ofA)
    expect(await explained('a', '2023-01-23')).toBeNull()
    expect(await explained('b', '2023-01-29')).toBeNull()
    // Cut where the window ends.
    expect(await explained('a', '2023-01-24T13:00Z')).toMatchObject({ low: 100, middle: 200, high: 250 })
  })

  test('is the same a page at a time', async () => {
    const page = (cursor?: string) =>
      listSalesAtRisk(
        scene.db,
        salesListInput.parse({ since: '2023-01-23', until: '2023-01-29', limit: 3, cursor }),
      )
    const first = await page()
    expect(first.nextCursor).toBe('c')
    const second = await page('c')
    expect([...first.items, ...second.items]).toEqual(await rowsOf(scene))
    expect(second.nextCursor).toBeNull()
    await expect(page('?')).rejects.toThrow(/"\?" is not a cursor of sales at risk/)
  })

  test('is not of what a correction excuses', async () => {
    await using scene = await aScene()
    const lines =
      'store_id,from_utc,to_utc,kind,reason\na,2023-01-24 13:00 UTC,2023-01-24 17:00 UTC,excused,flood\n'
    await scene.import(await scene.write('corrections.csv', lines))
    const [a] = await rowsOf(scene)
    expect(short(a!)).toEqual(['a', 'EUR', 0, 200, 250, 'hour'])
    const [raw] = await rowsOf(scene, { corrections: 'ignored' })
    expect(raw).toMatchObject({ low: 200, middle: 400, high: 500 })
  })
})

describe('what stores take', () => {
  const kept = async ({ db }: ImportScene) => [
    (await db.selectFrom('order_week').select('week').orderBy('week').execute()).map(({ week }) => week),
    (await db.selectFrom('store_revenue').select('store_key').execute()).length,
  ]

  test('goes with the store', async () => {
    await using scene = await aScene()
    expect(await kept(scene)).toEqual([[2764, 2765, 2766, 2767, 2768, 2769], 3])
    const request = { reason: 'closed', by: 'Ann', confirm: hoursOf(9, 17).length }
    await writeAlone(scene.db, 'data', async (tx) => {
      await deleteStore(tx, deleteStoreInput.parse({ ...request, storeId: 'a' }), noon)
    })
    expect(await kept(scene)).toEqual([[], 2])
  })

  test('goes with the polls of its weeks where these are old', async () => {
    await using scene = await aScene()
    const keeping = { beforeMs: Date.UTC(2023, 0, 12), by: 'retention', reason: 'old', at: noon }
    for await (const _ of deleteOldPolls(scene.db, keeping));
    expect(await kept(scene)).toEqual([[2767, 2768, 2769], 3])
  })
})
