import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readHistory } from '../../server/insight/history.ts'
import { listOutages } from '../../server/insight/outages.ts'
import { listStores } from '../../server/database/stores.ts'
import { historyInput } from '../../shared/history.ts'
import { outageListInput, type OutageRow } from '../../shared/outage.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { casesFolder } from '../support/cases.ts'
import { importScene, noon, pollFile, type ImportScene } from '../support/import-scene.ts'

const DAY_MS = 86_400_000
const dates = { since: '2024-12-09', until: '2025-01-01' }

async function sceneOfCase(name: string): Promise<ImportScene> {
  const scene = await importScene()
  await scene.import(join(casesFolder, name), { now: () => Date.UTC(2026, 0, 1) })
  return scene
}

async function outages(scene: ImportScene, query: Record<string, unknown>): Promise<readonly OutageRow[]> {
  return (await listOutages(scene.db, outageListInput.parse({ limit: 1000, ...query }))).items
}

/** Polled once a day for `days` before noon; inactive but on the first and the last. */
function longDown(store: string, days: number): (readonly [string, string, string])[] {
  return Array.from({ length: days }, (_, i) => [
    store,
    i === 0 || i === days - 1 ? 'active' : 'inactive',
    formatTimestamp(noon - i * DAY_MS),
  ])
}

test('an outage is told whole, however long it lasted before and after the dates', async () => {
  await using scene = await importScene()
  await scene.import(
    await scene.write('polls.csv', pollFile([...longDown('long', 300), ...longDown('longer', 600)])),
  )
  const day = { since: '2022-11-01', until: '2022-11-01' }
  const whole = (days: number) => ({
    start: formatTimestamp(noon - (days - 1.5) * DAY_MS).replace('Z', '.000Z'),
    end: formatTimestamp(noon - DAY_MS / 2).replace('Z', '.000Z'),
    downtimeMs: (days - 2) * DAY_MS,
  })
  const found = await outages(scene, day)
  expect(found).toMatchObject([
    { storeId: 'long', ...whole(300) },
    { storeId: 'longer', ...whole(600) },
  ])
  expect(await outages(scene, { ...day, storeId: 'longer' })).toEqual(found.slice(1))
  expect(await outages(scene, { ...day, asOf: '2022-11-02T12:00:00Z' })).toMatchObject([
    { storeId: 'long', end: null },
    { storeId: 'longer', end: null },
  ])
  expect(await outages(scene, { ...day, asOf: '2022-10-02T12:00:00Z' })).toEqual([])
})

test('many stores that are long down are looked up together: the database is asked no more often than of a few', async () => {
  await using scene = await importScene()
  const stores = Array.from({ length: 30 }, (_, i) => `s${i}`)
  await scene.import(await scene.write('polls.csv', pollFile(stores.flatMap((store) => longDown(store, 90)))))
  await scene.import(await scene.write('details.csv', 'store_id,name,city\ns1,,Bonn\ns2,,Bonn\n'))
  const askedFor = async (query: object): Promise<{ outages: number; statements: number }> => {
    let statements = 0
    const counted = scene.db.withPlugin({
      transformQuery({ node }) {
        statements++
        return node
      },
      transformResult: ({ result }) => Promise.resolve(result),
    })
    const day = { since: '2022-12-01', until: '2022-12-01', limit: 1000 }
    const { items } = await listOutages(counted, outageListInput.parse({ ...day, ...query }))
    return { outages: items.length, statements }
  }
  const ofTwo = await askedFor({ labels: 'city=Bonn' })
  const ofAll = await askedFor({})
  expect([ofTwo.outages, ofAll.outages]).toEqual([2, 30])
  expect(ofAll.statements).toBeLessThanOrEqual(ofTwo.statements)
})

test('the outages of each store are those of the list of all, a page at a time, and have its downtime', async () => {
  await using scene = await sceneOfCase('26-thirty-stores-over-weeks')
  const all = await outages(scene, dates)
  const paged: OutageRow[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = { ...dates, limit: 5, ...(cursor === undefined ? {} : { cursor }) }
    const page = await listOutages(scene.db, outageListInput.parse(query))
    paged.push(...page.items)
    cursor = page.nextCursor
  }
  expect(paged).toEqual(all)

  const { items } = await listStores(scene.db, { limit: 100 })
  const wide = { since: '2024-11-01', until: '2025-02-01' }
  for (const { storeId } of items) {
    expect(await outages(scene, { ...dates, storeId })).toEqual(all.filter((row) => row.storeId === storeId))
    const query = historyInput.parse({ storeId, by: 'month', ...wide })
    const months = (await readHistory(scene.db, query)).items
    const downtimeMs = (await outages(scene, { ...wide, storeId })).reduce(
      (sum, row) => sum + row.downtimeMs,
      0,
    )
    expect(months.reduce((sum, month) => sum + month.downtimeMs, 0)).toBe(downtimeMs)
  }
})

test('outages come the longest first, or the ongoing ones first, where that is asked for', async () => {
  await using scene = await sceneOfCase('26-thirty-stores-over-weeks')
  const all = await outages(scene, { ...dates, asOf: '2024-12-25T12:00:00Z' })
  const longest = await outages(scene, {
    ...dates,
    asOf: '2024-12-25T12:00:00Z',
    sortBy: 'longest',
    limit: 7,
  })
  const lengths = all.map(({ downtimeMs }) => downtimeMs).sort((a, b) => b - a)
  expect(longest.map(({ downtimeMs }) => downtimeMs)).toEqual(lengths.slice(0, 7))
  const ongoing = await outages(scene, { ...dates, asOf: '2024-12-25T12:00:00Z', sortBy: 'ongoing' })
  const count = all.filter(({ end }) => end === null).length
  expect(count).toBeGreaterThan(0)
  expect(ongoing.slice(0, count).every(({ end }) => end === null)).toBe(true)
  expect(ongoing).toHaveLength(all.length)
})

test('dates that are none, the wrong way round or too many are refused with what to do', () => {
  const refusal = (query: object) => outageListInput.safeParse(query).error?.issues[0]?.message
  expect(refusal({ since: '2023-02-30', until: '2023-03-01' })).toBe(
    '"2023-02-30" is not a date: write YYYY-MM-DD',
  )
  expect(refusal({ since: '2023-03-01', until: '2023-02-28' })).toMatch(/^2023-02-28 is before 2023-03-01/)
  expect(refusal({ since: '2020-03-01', until: '2023-02-28' })).toMatch(/at most 400 are allowed$/)
  const tooMany = { storeId: 'a', by: 'day', since: '2020-03-01', until: '2023-02-28' }
  expect(historyInput.safeParse(tooMany).error?.issues[0]?.message).toMatch(/at most 400 are allowed$/)
  expect(historyInput.safeParse({ ...tooMany, by: 'week' }).success).toBe(true)
})
