import { describe, expect, test } from 'vitest'
import { listRejectedRows } from '../../../server/database/rejected-rows.ts'
import { getRejectedSummary, listRejectedStores } from '../../../server/database/rejected-summary.ts'
import { importId } from '../../../shared/ids.ts'
import { parseMaxRejected } from '../../../shared/max-rejected.ts'
import { importScene, storedData } from '../../support/import-scene.ts'

const first = importId.parse(1)
const header = 'store_id,status,timestamp_utc\n'
const at = '2023-01-24T10:00:00Z'

describe.each([
  ['in the same thread', Infinity],
  ['by a thread of its own', 0],
])('of a file that is read %s', (_, threadFromBytes) => {
  test('rejected rows are counted by reason and by store, however many they are', async () => {
    await using scene = await importScene()
    const rows = [
      `good,active,${at}`,
      ...Array.from({ length: 1500 }, (_, i) => `s${i % 3},paused ${i},${at}`),
      ...Array.from({ length: 20 }, () => `s1,active,yesterday`),
      `no id!,active,${at}`,
      `s9,active`,
    ]
    const path = await scene.write('polls.csv', header + rows.join('\n'))
    await scene.import(path, { threadFromBytes })
    expect(await getRejectedSummary(scene.db, first)).toEqual({
      importId: 1,
      source: path,
      rowsRejected: 1522,
      rowsKept: 1000,
      storesNamed: 4,
      reasons: [
        { reason: 'status … is neither active nor inactive', rows: 1500, firstLine: 3 },
        {
          reason: expect.stringMatching(/^timestamp_utc … is not an instant: write "2023/) as string,
          rows: 20,
          firstLine: 1503,
        },
        {
          reason: expect.stringMatching(/^store_id … is not 1 to 128 letters/) as string,
          rows: 1,
          firstLine: 1523,
        },
        { reason: 'the row has 2 fields, the header 3', rows: 1, firstLine: 1524 },
      ],
    })
    const page = await listRejectedStores(scene.db, { importId: first, limit: 2 })
    expect(page.items).toEqual([
      { storeId: 's0', rows: 500, firstLine: 3 },
      { storeId: 's1', rows: 520, firstLine: 4 },
    ])
    const next = await listRejectedStores(scene.db, { importId: first, limit: 2, cursor: page.nextCursor! })
    expect(next).toEqual({
      items: [
        { storeId: 's2', rows: 500, firstLine: 5 },
        { storeId: 's9', rows: 1, firstLine: 1524 },
      ],
      nextCursor: null,
    })
    expect(await listRejectedRows(scene.db, { limit: 1 })).toMatchObject({ rowsNotKept: 522 })
  })

  test.each([
    ['1', false],
    ['2', true],
    ['19.9%', false],
    ['20%', true],
  ])('at most %s rejected rows of 10: the 2 that there are let it in: %s', async (most, isTaken) => {
    await using scene = await importScene()
    const rows = Array.from({ length: 10 }, (_, i) => `s${i},${i < 8 ? 'active' : 'paused'},${at}`)
    const path = await scene.write('polls.csv', header + rows.join('\n'))
    const [record] = await scene.import(path, { threadFromBytes, maxRejected: parseMaxRejected(most) })
    expect(record).toMatchObject({ state: isTaken ? 'complete' : 'failed', rowsRejected: 2 })
    expect(record!.rowsAccepted).toBe(isTaken ? 8 : 0)
    if (isTaken) return
    expect(record!.failure).toBe(
      `2 of its 10 rows are rejected (20.00 %), and at most ${most} may be: correct them, or allow more; ` +
        'on line 10, status "paused" is neither active nor inactive',
    )
    expect(await storedData(scene.db)).toEqual({ stores: [], summary: [], polls: [] })
    expect(await getRejectedSummary(scene.db, first)).toMatchObject({ rowsRejected: 2, rowsKept: 2 })
  })
})

test('a file that gives each row a reason of its own is counted all the same', async () => {
  await using scene = await importScene()
  const rows = Array.from({ length: 1100 }, (_, i) => `s,active${',x'.repeat(i + 2)}`)
  await scene.import(await scene.write('polls.csv', header + rows.join('\n')))
  const { reasons, rowsRejected } = await getRejectedSummary(scene.db, first)
  expect(rowsRejected).toBe(1100)
  expect(reasons[0]).toEqual({ reason: 'other reasons', rows: 100, firstLine: 1002 })
  expect(reasons).toHaveLength(1001)
})

test.each(['', '-1', '1.5', '101%', 'many', '1e3'])('%j is no number of rejected rows', (text) => {
  expect(() => parseMaxRejected(text)).toThrow(
    `"${text}" is not a number of rejected rows: write a whole number such as 20`,
  )
})
