import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createCorrection } from '../../server/database/correction-records.ts'
import type { DonePart } from '../../server/database/report-results.ts'
import { setBusinessHours, setDetails } from '../../server/database/store-changes.ts'
import { deleteRequestedPolls } from '../../server/database/poll-deletions.ts'
import { deleteStore } from '../../server/database/store-deletions.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { sampleOf } from '../../server/reports/verify.ts'
import { deletePollsInput } from '../../shared/deletion.ts'
import { storeId, type ReportId } from '../../shared/ids.ts'
import { reportOptions, type ReportOptionsInput } from '../../shared/report.ts'
import { reportRowsInput } from '../../shared/report-rows.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Verification } from '../../shared/verification.ts'
import { noon, pollFile } from '../support/import-scene.ts'
import { later, reportScene } from '../support/report-scene.ts'

const HOUR_MS = 3_600_000
const STORES = 60
const asOf = formatTimestamp(noon)
const byDay = { by: 'day', from: '2023-01-30', to: '2023-02-01' } as const

function idOf(store: number): string {
  return `s-${String(store).padStart(2, '0')}`
}

/** Each inactive in hours of its own before noon. */
function pollsOf(store: number): (readonly [string, string, string])[] {
  return Array.from({ length: 48 }, (_, hour) => [
    idOf(store),
    (hour * (store + 1)) % 7 === 0 ? 'inactive' : 'active',
    formatTimestamp(noon - hour * HOUR_MS),
  ])
}

/** Stores in parts of seven. */
async function verifyScene() {
  const scene = await reportScene(7)
  const polls = Array.from({ length: STORES }, (_, i) => pollsOf(i)).flat()
  await scene.import(await scene.write('polls.csv', pollFile(polls)))
  return {
    ...scene,
    report: (options: ReportOptionsInput = {}) => scene.report({ asOf, ...options }),
    verified: (reportId: ReportId, stores: number | 'all' = 'all') =>
      scene.runner.verify({ reportId, stores }, undefined),
  }
}

type Scene = Awaited<ReturnType<typeof verifyScene>>

const nothing = { storesDiffering: 0, storesNew: 0, storesGone: 0, first: [], likely: [] }

function closedOf(scene: Scene, store: string, at = later): Promise<unknown> {
  const correction = {
    storeId: storeId.parse(store),
    kind: 'closed',
    reason: 'flood',
    author: 'Ann',
  } as const
  const time = { fromMs: noon - 30 * HOUR_MS, toMs: noon - 20 * HOUR_MS }
  return writeAlone(scene.db, 'data', (tx) => createCorrection(tx, { ...correction, ...time }, at))
}

describe('a report of which nothing has changed', () => {
  test.each([{}, byDay, { corrections: 'ignored' }] as const)('comes out the same: %o', async (options) => {
    await using scene = await verifyScene()
    await closedOf(scene, idOf(9), noon)
    const reportId = await scene.report(options)
    expect(await scene.verified(reportId)).toEqual({ reportId, storesCompared: STORES, ...nothing })
    expect(await scene.verified(reportId, 10)).toEqual({ reportId, storesCompared: 10, ...nothing })
  })

  test('has the figures without corrections in the part that they are of', async () => {
    await using scene = await verifyScene()
    for (const store of [13, 14, 41]) await closedOf(scene, idOf(store), noon)
    const reportId = await scene.report()
    const { items } = await scene.runner.rows(reportRowsInput.parse({ reportId, limit: 100 }))
    const corrected = items.filter(({ uncorrected }) => uncorrected !== null)
    expect(corrected.map(({ storeId }) => storeId)).toEqual([idOf(13), idOf(14), idOf(41)])
  })
})

describe('what has changed since is told, with the likely reason', () => {
  test('of polls that were imported', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    const days = await scene.report(byDay)
    await scene.importLater('late.csv', pollFile([[idOf(3), 'inactive', formatTimestamp(noon - 600_000)]]))
    const rows = await scene.runner.storeRow(storeId.parse(idOf(3)), reportOptions.parse({ asOf }))
    const found = await scene.verified(reportId)
    expect(found).toMatchObject({ storesCompared: STORES, storesDiffering: 1, storesNew: 0, storesGone: 0 })
    expect(found.first).toHaveLength(1)
    expect(found.first[0]).toMatchObject({ storeId: idOf(3), now: rows, csv: null })
    expect(found.first[0]!.stored).toMatchObject({ storeId: idOf(3), uptimeLastHourMs: HOUR_MS / 2 })
    expect(found.likely).toEqual([expect.stringMatching(/^2100-01-01T.*Z: s-03: import 2: .*late\.csv/)])

    const [period] = (await scene.verified(days)).first
    expect(period).toMatchObject({
      stored: { storeId: idOf(3), period: '2023-02-01' },
      now: { storeId: idOf(3), period: '2023-02-01' },
    })
    expect(period!.stored).not.toEqual(period!.now)
  })

  test('of imports and deletions of several stores, where they touched some that differ', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    const late = (...stores: number[]) =>
      pollFile(stores.map((store) => [idOf(store), 'inactive', formatTimestamp(noon - 600_000)]))
    await scene.importLater('late.csv', late(3, 7, 40))
    await scene.importLater('as-before.csv', pollFile([[idOf(20), 'inactive', '2023-02-01T11:30:00Z']]))
    await scene.importLater('one.csv', late(42))
    await writeAlone(scene.db, 'data', (tx) => {
      const request = {
        all: true,
        from: formatTimestamp(noon - 600_000),
        to: asOf,
        reason: 'test',
        confirm: 4,
      }
      return deleteRequestedPolls(tx, deletePollsInput.parse(request), later)
    })
    await scene.importLater('late.csv', late(3, 7, 42))
    const found = await scene.verified(reportId)
    expect(found.first.map(({ storeId }) => storeId)).toEqual([3, 7, 42].map(idOf))
    expect(found.likely).toEqual([
      expect.stringMatching(/Z: s-03 and 2 more of them: import 5: polls of .*late\.csv$/),
      expect.stringMatching(/Z: s-03 and 2 more of them: deleted: 4 polls of 4 stores \(test\)$/),
      expect.stringMatching(/Z: s-42: import 4: polls of .*one\.csv$/),
      expect.stringMatching(/Z: s-03 and 1 more of them: import 2: polls of .*late\.csv$/),
    ])
    // Of before it was recorded, any may have.
    await scene.db.deleteFrom('touched_stores').execute()
    const { likely } = await scene.verified(reportId)
    expect(likely).toHaveLength(5)
    expect(likely).toContainEqual(expect.stringMatching(/Z: import 3: polls of .*as-before\.csv$/))
  })

  test('of stores that are new', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    const days = await scene.report(byDay)
    const polls = (id: string) => [[id, 'active', asOf]] as const
    await scene.importLater('new.csv', pollFile([...polls('a'), ...polls(`${idOf(30)}.b`), ...polls('z')]))
    for (const id of [reportId, days]) {
      const found = await scene.verified(id)
      expect(found).toMatchObject({ storesCompared: STORES, storesDiffering: 0, storesNew: 3, storesGone: 0 })
      expect(found.first.map(({ storeId }) => storeId)).toEqual(['a', `${idOf(30)}.b`, 'z'])
      expect(found.first.map(({ stored }) => stored)).toEqual([null, null, null])
      expect(found.likely).toEqual([expect.stringContaining('new.csv')])
    }
  })

  test('of more new stores than are computed at once', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report({ by: 'month', from: '2014-01-01', to: '2023-12-31' })
    const polls = Array.from({ length: 40 }, (_, i) => [`${idOf(30)}.${i}`, 'active', asOf] as const)
    await scene.importLater('new.csv', pollFile([...polls, [idOf(31), 'inactive', '2023-02-01T11:50:00Z']]))
    const found = await scene.verified(reportId)
    expect(found).toMatchObject({ storesCompared: STORES, storesDiffering: 1, storesNew: 40, storesGone: 0 })
    const sample = await scene.verified(reportId, 59)
    expect(sample).toMatchObject({ storesCompared: 59, storesGone: 0 })
  })

  test('of stores that were deleted, and of one that has come back', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    const days = await scene.report(byDay)
    for (const store of [0, 5, 6]) {
      const request = { storeId: storeId.parse(idOf(store)), by: null, reason: 'closed down', confirm: 48 }
      await writeAlone(scene.db, 'data', (tx) => deleteStore(tx, request, later))
    }
    await scene.importLater('again.csv', pollFile(pollsOf(5)))
    for (const id of [reportId, days]) {
      const found = await scene.verified(id)
      expect(found).toMatchObject({ storesCompared: STORES, storesDiffering: 0, storesNew: 0, storesGone: 2 })
      expect(found.first).toMatchObject([
        { storeId: idOf(0), stored: { storeId: idOf(0) }, now: null },
        { storeId: idOf(6), stored: { storeId: idOf(6) }, now: null },
      ])
      expect(found.likely).toContainEqual(
        expect.stringMatching(/Z: deleted: the store s-06, with 48 polls and 0 corrections \(closed down\)$/),
      )
    }
  })

  test('of business hours, and of no more stores than are computed again', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    for (const store of [0, 59]) {
      await writeAlone(scene.db, 'data', (tx) =>
        setBusinessHours(
          tx,
          {
            storeId: storeId.parse(idOf(store)),
            spans: [{ day: 2, start: '00:00', end: '05:00' }],
            validFrom: null,
            by: null,
            reason: 'typo',
          },
          later,
        ),
      )
    }
    const found = await scene.verified(reportId)
    expect(found.first.map(({ storeId }) => storeId)).toEqual([idOf(0), idOf(59)])
    expect(found.likely).toEqual([
      expect.stringMatching(/Z: s-59: hours: .*\(typo\)$/),
      expect.stringMatching(/Z: s-00: hours: /),
    ])
    const [sample] = [await scene.verified(reportId, 8)]
    expect(sample.storesCompared).toBe(8)
    expect(sample.storesDiffering).toBeLessThan(2)
  })

  test('of corrections, but where they are ignored', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    const ignoring = await scene.report({ corrections: 'ignored' })
    await closedOf(scene, idOf(9))
    const found = await scene.verified(reportId)
    expect(found.first).toMatchObject([{ storeId: idOf(9) }])
    expect(found.likely).toEqual([expect.stringMatching(/Z: s-09: correction 1: closed \(flood, by Ann\)$/)])
    expect(await scene.verified(ignoring)).toMatchObject(nothing)
  })

  test('of groups: stores that have come in, and those that have left', async () => {
    await using scene = await verifyScene()
    const city = (store: number, value: string) =>
      writeAlone(scene.db, 'data', (tx) =>
        setDetails(
          tx,
          { storeId: storeId.parse(idOf(store)), labels: { city: value }, by: null, reason: null },
          later,
        ),
      )
    for (const store of [1, 2, 40]) await city(store, 'Bonn')
    const reportId = await scene.report({ labels: ['city=Bonn'] })
    const ofAll = await scene.report()
    await city(2, 'Köln')
    await city(50, 'Bonn')
    const found = await scene.verified(reportId)
    expect(found).toMatchObject({ storesCompared: 3, storesDiffering: 0, storesNew: 1, storesGone: 1 })
    expect(found.first).toMatchObject([
      { storeId: idOf(2), now: null },
      { storeId: idOf(50), stored: null },
    ])
    expect(found.likely.every((reason) => /: s-\d+: details: /.test(reason))).toBe(true)
    expect(await scene.verified(ofAll)).toMatchObject(nothing)
  })

  test('of a program that writes the CSV otherwise, or by nobody who said so', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    const part = () => scene.db.updateTable('report_part').where('part', '=', 2)
    const { csv } = await scene.db
      .selectFrom('report_part')
      .select('csv')
      .where('part', '=', 2)
      .executeTakeFirstOrThrow()
    const other = Buffer.from(Buffer.from(csv!).toString().replace('.00,', '.0,'))
    await part()
      .set({ csv: other, csv_crc32: crc32(other) })
      .execute()
    const found = await scene.verified(reportId)
    expect(found).toMatchObject({ storesDiffering: 1, first: [{ storeId: idOf(14) }] })
    expect(found.first[0]!.stored).toEqual(found.first[0]!.now)
    expect(found.first[0]!.csv!.now).toBe(found.first[0]!.csv!.stored.replace('.0,', '.00,'))
    expect(found.likely).toEqual([expect.stringMatching(/^nothing that is recorded has changed since/)])
    await scene.db.updateTable('report').set({ program_version: '0.9.0', zone_data_version: null }).execute()
    expect((await scene.verified(reportId)).likely).toEqual([
      'computed by store-monitor 0.9.0; this is 1.0.0',
      'computed with time zone data unknown; now it is 2026b',
    ])
  })

  test('twenty stores of them, and all are counted', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    const late = Array.from(
      { length: STORES },
      (_, store) => [idOf(store), 'inactive', formatTimestamp(noon - 60_000 * (1 + (store % 3)))] as const,
    )
    await scene.importLater('late.csv', pollFile(late))
    const found: Verification = await scene.verified(reportId)
    expect(found.storesDiffering).toBeGreaterThan(40)
    expect(found.first).toHaveLength(20)
    const ids = found.first.map(({ storeId }) => storeId)
    expect(ids).toEqual(ids.toSorted())
    expect(ids.at(-1)! < idOf(25)).toBe(true)
  })
})

describe('a report is not verified', () => {
  test.each(['csv', 'totals'] as const)('whose %s were damaged where they lie', async (what) => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    await scene.db
      .updateTable('report_part')
      .set({ [what]: Buffer.alloc(4) })
      .where('part', '=', 5)
      .execute()
    await expect(scene.verified(reportId)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(`part 5 of report 1 is not as it was stored (${what})`) as string,
    })
  })

  test('that is not complete, or whose asker has gone away', async () => {
    await using scene = await verifyScene()
    const reportId = await scene.report()
    const gone = AbortSignal.abort(new Error('gone away'))
    await expect(scene.runner.verify({ reportId, stores: 'all' }, gone)).rejects.toThrow('gone away')
    await scene.db.updateTable('report').set({ state: 'cancelled' }).execute()
    await expect(scene.verified(reportId)).rejects.toMatchObject({
      code: 'conflict',
      message: `report ${reportId} has no rows: it is cancelled`,
    })
  })
})

describe('a sample', () => {
  function partsOf(...storeCounts: readonly number[]): DonePart[] {
    return storeCounts.map((storeCount, part) => ({
      part,
      firstStoreId: storeId.parse(`s${part}`),
      nextStoreId: null,
      storeCount,
      csvBytes: 0,
      hasUncorrected: false,
    }))
  }
  const counted = (parts: readonly DonePart[], stores: number) =>
    sampleOf(parts, stores).reduce((sum, part) => sum + Math.min(part.storeCount, part.stores), 0)

  test('is spread over the report, and has so many stores', () => {
    const parts = partsOf(...Array.from({ length: 100 }, () => 50))
    const sample = sampleOf(parts, 100)
    expect(sample.map(({ part }) => part).sort((a, b) => a - b)).toEqual([6, 18, 31, 43, 56, 68, 81, 93])
    for (const stores of [1, 3, 8, 9, 100, 399, 400, 401, 4999, 5000]) {
      expect(counted(parts, stores)).toBe(stores)
    }
  })

  test('has them also where parts have few, or none', () => {
    const parts = partsOf(0, 3, 0, 2, 500, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4)
    for (const stores of [1, 2, 7, 300, 509]) expect(counted(parts, stores)).toBe(stores)
    expect(sampleOf(partsOf(), 10)).toEqual([])
  })

  test('of more stores than there are is all parts, also those without any: new stores may be in them', () => {
    expect(sampleOf(partsOf(0, 3, 0), 4).map(({ part, stores }) => [part, stores])).toEqual([
      [0, Infinity],
      [1, Infinity],
      [2, Infinity],
    ])
  })
})
