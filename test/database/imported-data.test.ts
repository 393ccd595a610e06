import { describe, expect, test } from 'vitest'
import { getImport, listImports } from '../../server/database/imports.ts'
import { databaseSummary, latestPollAt } from '../../server/database/poll-week-summary.ts'
import { listRejectedRows } from '../../server/database/rejected-rows.ts'
import { changeRules } from '../../server/database/schedules.ts'
import type { StoreRule } from '../../server/database/store-schedules.ts'
import { getStore, keysOfStores, listStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { importId, storeId } from '../../shared/ids.ts'
import type { Page } from '../../shared/page.ts'
import { importScene, pollFile, type ImportScene } from '../support/import-scene.ts'

/** All items of a listing, and how many pages it took. */
async function allPages<Item>(
  list: (cursor: string | undefined) => Promise<Page<Item>>,
): Promise<[Item[], number]> {
  const items: Item[] = []
  let cursor: string | undefined
  for (let pages = 1; ; pages++) {
    const page = await list(cursor)
    items.push(...page.items)
    if (page.nextCursor === null) return [items, pages]
    cursor = page.nextCursor
  }
}

async function setZones({ db }: ImportScene, zones: readonly StoreRule<string>[]): Promise<number> {
  const { rows } = await writeAlone(db, 'data', (tx) =>
    changeRules(
      tx,
      zones.map(({ rule }) => ({ what: 'zones', versions: [{ validFrom: null, rule }] })),
      zones.map((store, rule) => ({ ...store, rule })),
    ),
  )
  return rows
}

describe('stores', () => {
  async function sceneWithStores(...ids: string[]) {
    const scene = await importScene()
    const rules = ids.toSorted().map((id) => ({ storeId: storeId.parse(id), rule: 'UTC', rows: 1 }))
    expect(await setZones(scene, rules)).toBe(ids.length)
    return scene
  }

  test('are listed in pages, in the order of their ids as bytes', async () => {
    await using scene = await sceneWithStores('b', 'a', 'B', '10', '9', 'a.1')
    const [stores, pages] = await allPages((cursor) => listStores(scene.db, { limit: 2, cursor }))
    expect(stores.map((store) => store.storeId)).toEqual(['10', '9', 'B', 'a', 'a.1', 'b'])
    expect(pages).toBe(3)
  })

  test.each([
    ['AB', ['Ab_1', 'xab']],
    ['_', ['Ab_1']],
    ['%', []],
    ['\\', []],
    ['', ['Ab_1', 'b1', 'xab']],
  ])('are found by %j in their id', async (search, found) => {
    await using scene = await sceneWithStores('Ab_1', 'xab', 'b1')
    const { items } = await listStores(scene.db, { limit: 10, search })
    expect(items.map((store) => store.storeId)).toEqual(found)
  })

  test('one that no file names is not found', async () => {
    await using scene = await sceneWithStores('a')
    expect(await getStore(scene.db, 'a')).toEqual({
      storeId: 'a',
      name: null,
      labels: {},
      timezone: 'UTC',
      businessHours: null,
      timezoneVersions: [{ validFrom: null, timezone: 'UTC' }],
      businessHoursVersions: [],
      specialHours: [],
    })
    await expect(getStore(scene.db, 'A')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('tens of thousands of them go in at once, each with what is said of it, and what is new is counted', async () => {
    await using scene = await importScene()
    const rules = (zoneOf: (i: number) => string) =>
      Array.from({ length: 20_600 }, (_, i) => ({
        storeId: storeId.parse(`s${100_000 + i}`),
        rule: zoneOf(i),
        rows: 2,
      }))
    expect(
      await setZones(
        scene,
        rules((i) => `Zone/${i}`),
      ),
    ).toBe(41_200)
    const changed = rules((i) => `Zone/${i % 2 === 0 ? i : -i}`)
    expect(await setZones(scene, changed)).toBe(20_600)
    const ids = [...changed.map((rule) => rule.storeId), storeId.parse('z')]
    const keys = await writeAlone(scene.db, 'data', (tx) => keysOfStores(tx, ids))
    expect(keys).toEqual(Array.from({ length: 20_601 }, (_, i) => i + 1))
    const [stores] = await allPages((cursor) => listStores(scene.db, { limit: 1000, cursor }))
    expect(stores.map((store) => store.timezone)).toEqual([...changed.map(({ rule }) => rule), null])
    expect(await databaseSummary(scene.db)).toMatchObject({ stores: 20_601 })
  })
})

describe('imports and rejected rows', () => {
  async function sceneWithImports() {
    const scene = await importScene()
    const bad = (count: number) => pollFile(Array.from({ length: count }, (_, i) => [`s${i}`, 'bad', '']))
    for (const count of [3, 0, 2]) await scene.import(await scene.write(`${count}.csv`, bad(count)))
    return scene
  }

  test('imports are listed newest first, in pages', async () => {
    await using scene = await sceneWithImports()
    const [imports, pages] = await allPages((cursor) => listImports(scene.db, { limit: 2, cursor }))
    expect(imports.map((record) => record.importId)).toEqual([3, 2, 1])
    expect(pages).toBe(2)
    expect(await getImport(scene.db, imports[0]!.importId)).toEqual(imports[0])
    await expect(getImport(scene.db, importId.parse(4))).rejects.toMatchObject({ code: 'not-found' })
  })

  test('rejected rows are listed by line, those of the newest import first', async () => {
    await using scene = await sceneWithImports()
    const [rows, pages] = await allPages((cursor) => listRejectedRows(scene.db, { limit: 2, cursor }))
    expect(rows.map((row) => [row.importId, row.line])).toEqual([
      [3, 2],
      [3, 3],
      [1, 2],
      [1, 3],
      [1, 4],
    ])
    expect(pages).toBe(3)
    expect(rows[0]).toMatchObject({ source: scene.path('2.csv'), text: 's0,bad,' })
    const ofFirst = await listRejectedRows(scene.db, { limit: 2, importId: importId.parse(1), cursor: '1:2' })
    expect(ofFirst.items.map((row) => row.line)).toEqual([3, 4])
  })

  test.each(['', 'x', '1:', '-1', '1e3', "1' or 1=1"])(
    'the malformed cursor %j is refused',
    async (cursor) => {
      await using scene = await importScene()
      const refused = { code: 'invalid', message: expect.stringContaining('nextCursor') as unknown }
      const page = { limit: 10, cursor }
      await expect(listImports(scene.db, page)).rejects.toMatchObject(refused)
      await expect(listRejectedRows(scene.db, page)).rejects.toMatchObject(refused)
      await expect(listStores(scene.db, { limit: 10, cursor: `-${cursor}` })).rejects.toMatchObject(refused)
    },
  )
})

test('the summary counts stores and polls, and knows the latest poll', async () => {
  await using scene = await importScene()
  expect(await databaseSummary(scene.db)).toEqual({ stores: 0, polls: 0, latestPollAt: undefined })
  const rows = [
    ['a', 'active', '2023-01-24T10:00:00.5Z'],
    ['b', 'active', '2023-01-31T10:00:00Z'],
    ['b', 'active', '2023-01-17T10:00:00Z'],
  ] as const
  await scene.import(await scene.write('polls.csv', pollFile(rows)))
  await scene.import(await scene.write('older.csv', pollFile([['a', 'active', '2023-01-31T09:00:00Z']])))
  const latest = Date.parse('2023-01-31T10:00:00Z')
  expect(await databaseSummary(scene.db)).toEqual({ stores: 2, polls: 4, latestPollAt: latest })
  expect(await latestPollAt(scene.db)).toBe(latest)
})
