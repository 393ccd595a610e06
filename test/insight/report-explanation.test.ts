import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { getReport } from '../../server/database/reports.ts'
import { setDetails } from '../../server/database/store-changes.ts'
import { deleteStore, whatStoreHas } from '../../server/database/store-deletions.ts'
import { listStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { explainReport } from '../../server/insight/report-explanation.ts'
import { readHistory } from '../../server/insight/history.ts'
import { historyInput } from '../../shared/history.ts'
import { storeId, type ReportId } from '../../shared/ids.ts'
import type { PeriodRow, ReportRow } from '../../shared/report.ts'
import type { ReportExplanation } from '../../shared/verification.ts'
import { casesFolder } from '../support/cases.ts'
import { pollFile } from '../support/import-scene.ts'
import { randomData } from '../support/random-data.ts'
import { computedWith, later, reportScene, type ReportScene } from '../support/report-scene.ts'

async function sceneOfCase(name: string): Promise<ReportScene> {
  const scene = await reportScene(7)
  await scene.import(join(casesFolder, name), { now: () => Date.UTC(2026, 0, 1) })
  return scene
}

async function explained({ db }: ReportScene, id: ReportId, store: string): Promise<ReportExplanation> {
  return explainReport(db, await getReport(db, id), storeId.parse(store), computedWith)
}

async function storeIdsOf({ db }: ReportScene): Promise<string[]> {
  return (await listStores(db, { limit: 1000 })).items.map((store) => store.storeId)
}

function sumOf(
  rows: readonly PeriodRow[],
  key: 'uptimeMs' | 'downtimeMs' | 'unknownMs' | 'excusedMs',
): number {
  return rows.reduce((sum, row) => sum + row[key], 0)
}

describe('the explanation of a row adds up to it, for every store', () => {
  /** Checks each, and returns how many there are. */
  async function explainedStores(scene: ReportScene, dates: { from: string; to: string }): Promise<number> {
    const byWindow = await scene.report()
    const byDay = await scene.report({ by: 'day', ...dates })
    const storeIds = await storeIdsOf(scene)
    for (const store of storeIds) {
      const { timeline, ...week } = await explained(scene, byWindow, store)
      const [row] = week.stored as ReportRow[]
      expect(week).toMatchObject({ differs: false, likely: [], now: [row] })
      expect(timeline!.totals).toEqual({
        uptimeMs: row!.uptimeLastWeekMs,
        downtimeMs: row!.downtimeLastWeekMs,
        unknownMs: row!.unknownLastWeekMs,
        excusedMs: row!.excusedLastWeekMs,
        uptimePercent: row!.uptimeLastWeekPercent,
      })

      const days = await explained(scene, byDay, store)
      expect(days).toMatchObject({ differs: false, likely: [], now: days.stored })
      const rows = days.stored as PeriodRow[]
      const { totals, outages } = days.timeline!
      for (const key of ['uptimeMs', 'downtimeMs', 'unknownMs', 'excusedMs'] as const) {
        expect(sumOf(rows, key)).toBe(totals[key])
      }
      // All of the data is in these dates, and so is every outage.
      expect(outages.reduce((sum, { downtimeMs }) => sum + downtimeMs, 0)).toBe(totals.downtimeMs)
    }
    return storeIds.length
  }

  test('of the worked case with everything in it', async () => {
    await using scene = await sceneOfCase('26-thirty-stores-over-weeks')
    expect(await explainedStores(scene, { from: '2024-11-15', to: '2025-01-20' })).toBe(30)
  })

  test.each([1, 2, 3])('of random stores (%i)', async (seed) => {
    await using scene = await reportScene(5)
    const { files, dates } = randomData(seed, 24)
    for (const [name, text] of Object.entries(files)) await scene.write(`data/${name}`, text)
    const records = await scene.import(scene.path('data'), { now: () => Date.UTC(2026, 0, 1) })
    expect(records.map(({ rowsRejected }) => rowsRejected)).toEqual(records.map(() => 0))
    expect(await explainedStores(scene, dates)).toBe(24)
  })
})

describe('an explanation says that the row comes out otherwise now', () => {
  test('where polls have been imported since, by window and by period', async () => {
    await using scene = await sceneOfCase('24-corrections')
    const asOf = '2023-01-25T23:30:00Z'
    const week = await scene.report({ asOf })
    const days = await scene.report({ asOf, by: 'day', from: '2023-01-22', to: '2023-01-25' })
    await scene.importLater('late.csv', pollFile([['s1', 'inactive', '2023-01-24T08:45:00Z']]))
    const found = await explained(scene, week, 's1')
    expect(found).toMatchObject({ differs: true, stored: [{ uptimeLastWeekMs: 36 * 3_600_000 }] })
    expect(found.now).not.toEqual(found.stored)
    expect(found.timeline!.totals.uptimeMs).toBe((found.now[0] as ReportRow).uptimeLastWeekMs)
    expect(found.likely).toEqual([expect.stringMatching(/^2100-01-01T.*Z: s1: import .*late\.csv/)])

    const byDay = await explained(scene, days, 's1')
    expect(byDay.stored.map((row, i) => JSON.stringify(row) === JSON.stringify(byDay.now[i]))).toEqual([
      true,
      true,
      false,
      true,
    ])
    expect(await explained(scene, days, 's2')).toMatchObject({ differs: false, likely: [] })
  })

  test('where the store is gone, and is no other of the report', async () => {
    await using scene = await sceneOfCase('24-corrections')
    const reportId = await scene.report()
    const request = { storeId: storeId.parse('s1'), by: null, reason: 'sold' }
    const { polls } = await whatStoreHas(scene.db, request)
    await writeAlone(scene.db, 'data', (tx) => deleteStore(tx, { ...request, confirm: polls }, later))
    expect(await explained(scene, reportId, 's1')).toMatchObject({
      differs: true,
      stored: [{ storeId: 's1' }],
      now: [],
      timeline: null,
      likely: [expect.stringMatching(/Z: deleted: the store s1, with .* \(sold\)$/) as string],
    })
    expect(await explained(scene, reportId, 's2')).toMatchObject({ differs: false })
  })

  test('where the store is new since, or has come into the group or left it', async () => {
    await using scene = await sceneOfCase('24-corrections')
    const city = (store: string, value: string) => {
      const change = { storeId: storeId.parse(store), labels: { city: value }, by: null, reason: null }
      return writeAlone(scene.db, 'data', (tx) => setDetails(tx, change, later))
    }
    await city('s1', 'Bonn')
    const all = await scene.report()
    const ofBonn = await scene.report({ labels: ['city=Bonn'] })
    await expect(explained(scene, ofBonn, 's2')).rejects.toMatchObject({
      code: 'not-found',
      message: `report ${ofBonn} has no row of store "s2": it is of groups that the store is not in`,
    })
    await city('s1', 'Köln')
    await city('s2', 'Bonn')
    await scene.importLater('new.csv', pollFile([['new', 'active', '2023-01-24T08:45:00Z']]))
    expect(await explained(scene, all, 'new')).toMatchObject({
      differs: true,
      stored: [],
      now: [{ storeId: 'new' }],
      timeline: { storeId: 'new' },
    })
    expect(await explained(scene, ofBonn, 's1')).toMatchObject({ differs: true, now: [] })
    expect(await explained(scene, ofBonn, 's2')).toMatchObject({ differs: true, stored: [] })
  })
})

test('the time of a report of many years is its last 400 days, and no time where it looks back from before', async () => {
  await using scene = await sceneOfCase('24-corrections')
  const by = { by: 'month', from: '2016-01-01', to: '2025-12-31' } as const
  const months = await explained(scene, await scene.report(by), 's1')
  expect(months.stored).toHaveLength(120)
  expect(months.timeline).toMatchObject({
    since: '2021-12-23T00:00:00.000Z',
    until: '2023-01-25T23:30:00.000Z',
  })
  const query = historyInput.parse({ storeId: 's1', by: by.by, since: by.from, until: by.to })
  expect((await readHistory(scene.db, query)).items).toEqual(months.now)
  const future = await scene.report({ by: 'day', from: '2024-01-01', to: '2024-01-02' })
  expect(await explained(scene, future, 's1')).toMatchObject({
    differs: false,
    timeline: { segments: [], totals: { uptimeMs: 0, unknownMs: 0 } },
  })
})

test('a store that never was, and a report that is not complete, are refused', async () => {
  await using scene = await sceneOfCase('24-corrections')
  const reportId = await scene.report()
  await expect(explained(scene, reportId, 'nowhere')).rejects.toThrow('there is no store "nowhere"')
  await scene.db.updateTable('report').set({ state: 'failed' }).execute()
  await expect(explained(scene, reportId, 's1')).rejects.toMatchObject({
    code: 'conflict',
    message: `report ${reportId} has no rows: it is failed`,
  })
})
