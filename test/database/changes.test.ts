import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { changesSince, listChanges } from '../../server/database/changes.ts'
import { createCorrection, revokeCorrection } from '../../server/database/correction-records.ts'
import {
  setBusinessHours,
  setDetails,
  setSpecialHours,
  setTimezone,
} from '../../server/database/store-changes.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { changeListInput, type Change } from '../../shared/change.ts'
import { storeId } from '../../shared/ids.ts'
import { importScene, noon, pollFile, type ImportScene } from '../support/import-scene.ts'

const s1 = storeId.parse('s1')
const by = { by: 'Ann', reason: 'moved' }

async function changesOf({ db }: ImportScene, query: object = {}): Promise<Change[]> {
  return (await listChanges(db, changeListInput.parse(query))).items
}

describe('the record of an import says what it touched', () => {
  const touched = async (scene: ImportScene, path: string, options = {}) => {
    const [record] = await scene.import(path, options)
    return [record!.storesTouched, record!.firstPollAt, record!.lastPollAt]
  }

  test.each([100, 3])(
    'of polls, with %i at once: the stores, and the first and last that changed',
    async (rowsPerStep) => {
      await using scene = await importScene()
      const rows = ['s1', 's2', 's3', 's4'].flatMap((id) =>
        ['2023-01-11 12:00:00 UTC', '2023-01-25 12:00:00 UTC'].map((at) => [id, 'active', at] as const),
      )
      const all = await scene.write('all.csv', pollFile(rows))
      const range = ['2023-01-11T12:00:00Z', '2023-01-25T12:00:00Z']
      expect(await touched(scene, all, { rowsPerStep, blockBytes: 64 })).toEqual([4, ...range])
      expect(await touched(scene, all, { rowsPerStep, blockBytes: 64 })).toEqual([0, null, null])
      const more = await scene.write(
        'more.csv',
        pollFile([
          ...rows,
          ['s2', 'inactive', '2023-01-11 12:00:00 UTC'],
          ['s2', 'active', '2023-01-18 00:00:00.5 UTC'],
          ['s4', 'active', '2023-01-17 23:59:59 UTC'],
        ]),
      )
      expect(await touched(scene, more, { rowsPerStep, blockBytes: 64 })).toEqual([
        2,
        range[0],
        '2023-01-18T00:00:00.500Z',
      ])
      expect(await changesOf(scene)).toMatchObject([
        { importId: 3, stores: 2, from: range[0], to: '2023-01-18T00:00:00.501Z' },
        { importId: 1, stores: 4 },
      ])
    },
  )

  test('of rules, corrections and details: the stores, also those that are only named', async () => {
    await using scene = await importScene()
    const files = {
      zones: 'store_id,timezone_str\ns1,UTC\ns2,UTC\n',
      details: 'store_id,name,city\ns1,,\ns2,,Bonn\ns3,,\n',
      corrections:
        'store_id,from_utc,to_utc,kind,reason\ns1,2023-01-10 00:00:00 UTC,2023-01-11 00:00:00 UTC,closed,flood\n',
    }
    for (const [name, text, stores] of [
      ['zones.csv', files.zones, 2],
      ['details.csv', files.details, 2],
      ['corrections.csv', files.corrections, 1],
    ] as const) {
      const path = await scene.write(name, text)
      expect(await touched(scene, path)).toEqual([stores, null, null])
      expect(await touched(scene, path)).toEqual([0, null, null])
    }
  })
})

describe('a change is recorded with what it changes', () => {
  test('of an import, once, with what it changed; one that changes nothing is not', async () => {
    await using scene = await importScene()
    const path = await scene.write(
      'polls.csv',
      pollFile([
        ['s1', 'active', '2023-01-24 12:00:00 UTC'],
        ['s1', 'inactive', '2023-01-25 12:00:00 UTC'],
        ['s2', 'active', '2023-01-10 12:00:00 UTC'],
      ]),
    )
    await scene.import(path)
    await scene.import(path)
    expect(await changesOf(scene)).toMatchObject([
      { kind: 'import', importId: 1, storeId: null, what: `polls of ${path}`, rowsChanged: 3, author: null },
    ])
  })

  test('of a file that goes in in several steps, once', async () => {
    await using scene = await importScene()
    const rows = Array.from({ length: 40 }, (_, i) => [`s${i}`, 'active', '2023-01-24 12:00:00 UTC'] as const)
    await scene.import(await scene.write('polls.csv', pollFile(rows)), { rowsPerStep: 7, blockBytes: 256 })
    expect(await changesOf(scene)).toMatchObject([{ kind: 'import', rowsChanged: 40 }])
  })

  test('of rules, by whom and why, where they are not what they were', async () => {
    await using scene = await importScene()
    const hours = {
      storeId: s1,
      spans: [{ day: 0, start: '09:00:00', end: '17:30:00' }],
      validFrom: null,
      ...by,
    }
    const change = (at: number) =>
      writeAlone(scene.db, 'data', async (tx) => {
        await setBusinessHours(tx, hours, at)
        await setTimezone(tx, { storeId: s1, timezone: 'europe/berlin', validFrom: noon, ...by }, at)
        const days = [{ date: '2023-12-25', spans: [] }]
        await setSpecialHours(tx, { storeId: s1, days, ...by }, at)
        await setDetails(
          tx,
          { storeId: s1, name: 'Mitte', labels: { city: 'Berlin' }, by: null, reason: '' },
          at,
        )
      })
    await change(noon)
    await change(noon + 1)
    const common = { storeId: 's1', at: '2023-02-01T12:00:00Z', author: 'Ann', reason: 'moved' }
    expect(await changesOf(scene)).toMatchObject([
      { ...common, kind: 'details', what: 'details: name: Mitte, city=Berlin', author: null, reason: null },
      { ...common, kind: 'special-hours', what: 'special hours: 2023-12-25 closed' },
      {
        ...common,
        kind: 'timezone',
        what: 'timezone: Europe/Berlin, since 2023-02-01T12:00:00Z',
        from: '2023-02-01T12:00:00Z',
        to: null,
      },
      { ...common, kind: 'business-hours', what: 'hours: Mon 09:00-17:30', from: null },
    ])
    expect(await changesOf(scene, { kind: 'timezone' })).toHaveLength(1)
  })

  test('of corrections that are made and revoked, each once', async () => {
    await using scene = await importScene()
    await scene.import(
      await scene.write('polls.csv', pollFile([['s1', 'active', '2023-01-24 12:00:00 UTC']])),
    )
    const correction = {
      storeId: s1,
      fromMs: noon,
      toMs: noon + 1000,
      kind: 'closed',
      reason: 'flood',
      author: 'Ann',
    } as const
    for (const at of [noon + 1, noon + 2]) {
      await writeAlone(scene.db, 'data', (tx) => createCorrection(tx, correction, at))
    }
    const [made] = await changesOf(scene)
    for (const at of [noon + 3, noon + 4]) {
      await writeAlone(scene.db, 'data', (tx) =>
        revokeCorrection(tx, made!.correctionId!, { by: 'Bob', reason: 'no flood', at }),
      )
    }
    const common = {
      correctionId: 1,
      storeId: 's1',
      from: '2023-02-01T12:00:00Z',
      to: '2023-02-01T12:00:01Z',
    }
    expect(await changesOf(scene, { storeId: 's1' })).toMatchObject([
      { ...common, kind: 'correction-revoked', author: 'Bob', reason: 'no flood' },
      { ...common, kind: 'correction', author: 'Ann', reason: 'flood', what: 'correction 1: closed' },
      { kind: 'import', storeId: null },
    ])
  })
})

test('a change that was recorded can be neither edited nor removed', async () => {
  await using scene = await importScene()
  await scene.import(await scene.write('polls.csv', pollFile([['s1', 'active', '2023-01-24 12:00:00 UTC']])))
  await expect(sql`update change set author = 'Bob'`.execute(scene.db)).rejects.toThrow(
    /never changed or removed/,
  )
  await expect(sql`delete from change`.execute(scene.db)).rejects.toThrow(/never changed or removed/)
  expect(await changesOf(scene)).toHaveLength(1)
})

test('the changes since an instant are those after it, and of an import that went on until after it', async () => {
  await using scene = await importScene()
  await scene.import(await scene.write('polls.csv', pollFile([['s1', 'active', '2023-01-24 12:00:00 UTC']])))
  const zone = (id: string, at: number) =>
    writeAlone(scene.db, 'data', (tx) =>
      setTimezone(tx, { storeId: storeId.parse(id), timezone: 'UTC', validFrom: null, ...by }, at),
    )
  await zone('s1', noon + 10)
  await zone('s2', noon + 20)
  const since = async (afterMs: number) =>
    (await Array.fromAsync(changesSince(scene.db, afterMs)))
      .flat()
      .map(({ kind, storeId }) => `${kind} ${storeId ?? ''}`)
  expect(await since(noon - 1)).toEqual(['timezone s2', 'timezone s1', 'import '])
  expect(await since(noon + 10)).toEqual(['timezone s2'])
  await scene.db.updateTable('import').set({ state: 'running', finished_at: null }).execute()
  expect(await since(noon + 20)).toEqual(['import '])
})

test('changes come in pages, the newest first', async () => {
  await using scene = await importScene()
  for (let i = 0; i < 5; i++) {
    await writeAlone(scene.db, 'data', (tx) =>
      setTimezone(tx, { storeId: storeId.parse(`s${i}`), timezone: 'UTC', validFrom: null, ...by }, noon + i),
    )
  }
  const first = await listChanges(scene.db, changeListInput.parse({ limit: 3 }))
  const second = await listChanges(scene.db, changeListInput.parse({ limit: 3, cursor: first.nextCursor }))
  expect([...first.items, ...second.items].map((change) => change.storeId)).toEqual([
    's4',
    's3',
    's2',
    's1',
    's0',
  ])
  expect(second.nextCursor).toBeNull()
  await expect(listChanges(scene.db, changeListInput.parse({ cursor: 'x' }))).rejects.toMatchObject({
    code: 'invalid',
  })
  expect(await changesOf(scene, { since: '2023-02-01T12:00:00.003Z' })).toHaveLength(2)
})
