import { describe, expect, test } from 'vitest'
import { listChanges } from '../../server/database/changes.ts'
import { listImportStores } from '../../server/database/import-stores.ts'
import { listImports } from '../../server/database/imports.ts'
import { deleteRequestedPolls } from '../../server/database/poll-deletions.ts'
import { deleteStore } from '../../server/database/store-deletions.ts'
import { setTimezone } from '../../server/database/store-changes.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { changeListInput, type ChangeId } from '../../shared/change.ts'
import { bytesOfWords } from '../../server/uptime/words.ts'
import { deletePollsInput, deleteStoreInput } from '../../shared/deletion.ts'
import { storeId, type ImportId } from '../../shared/ids.ts'
import { importListInput } from '../../shared/import.ts'
import { importScene, noon, pollFile, storedData, type ImportScene } from '../support/import-scene.ts'
import { refuseRows } from '../support/refuse-rows.ts'

const at = '2023-01-24 12:00:00 UTC'
const idOf = (store: number) => `s${String(store).padStart(5, '0')}`
const pollsOf = (stores: readonly number[], status = 'active') =>
  pollFile(stores.map((store) => [idOf(store), status, at]))
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

/** All stores of an import, asked for so many at a time. */
async function storesOf({ db }: ImportScene, importId: number, limit = 1000): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await listImportStores(db, { importId: importId as ImportId, limit, cursor })
    expect(page.isRecorded).toBe(true)
    ids.push(...page.items.map(({ storeId }) => storeId))
    cursor = page.nextCursor ?? undefined
    expect(page.items.length === limit || cursor === undefined).toBe(true)
  } while (cursor !== undefined)
  return ids
}

async function changesOf({ db }: ImportScene, id: string, query: object = {}) {
  return listChanges(db, changeListInput.parse({ storeId: id, ...query }))
}

async function importsOf({ db }: ImportScene, id: string, query: object = {}) {
  return listImports(db, importListInput.parse({ storeId: id, ...query }))
}

const numbersOf = ({ items }: { items: readonly { importId: number | null }[] }) =>
  items.map(({ importId }) => importId)

describe('an import says of which stores it changed something', () => {
  test('of polls: those of which a poll is new or says something else', async () => {
    await using scene = await importScene()
    await scene.import(await scene.write('one.csv', pollsOf([1, 2, 3])))
    await scene.import(await scene.write('two.csv', pollsOf([2, 3, 4])))
    await scene.import(await scene.write('three.csv', pollsOf([1, 3], 'inactive')))
    await scene.import(await scene.write('three.csv', pollsOf([1, 3], 'inactive')))
    expect(await storesOf(scene, 1)).toEqual([1, 2, 3].map(idOf))
    expect(await storesOf(scene, 2)).toEqual([idOf(4)])
    expect(await storesOf(scene, 3)).toEqual([1, 3].map(idOf))
    expect(await storesOf(scene, 4)).toEqual([])
  })

  test('of each kind of rules: those whose rules are other ones now', async () => {
    await using scene = await importScene()
    const files = {
      'business-hours': 'store_id,day,start_time_local,end_time_local\na,0,09:00,17:00\nb,0,09:00,17:00\n',
      'special-hours': 'store_id,date,start_time_local,end_time_local\nb,2023-01-01,,\nc,2023-01-01,,\n',
      timezones: 'store_id,timezone_str\na,UTC\nc,UTC\n',
      corrections: `store_id,from_utc,to_utc,kind,reason\nd,${at},2023-01-25 12:00:00 UTC,closed,flood\n`,
      'store-details': 'store_id,name,city\na,,Bonn\ne,Eins,\nf,,\n',
      orders: `store_id,ordered_at_utc,amount\nb,${at},12\ng,${at},5\n`,
      revenue: 'store_id,revenue_per_hour\nd,100\n',
    }
    for (const [kind, text] of Object.entries(files)) {
      const path = await scene.write(`${kind}.csv`, text)
      expect(await scene.import(path)).toMatchObject([{ kind, state: 'complete' }])
    }
    await scene.import(
      await scene.write('again.csv', `${files['business-hours']}a,1,09:00,17:00\nb,0,09:00,17:00\n`),
    )
    const stores = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((importId) => storesOf(scene, importId)))
    expect(stores).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
      ['d'],
      ['a', 'e', 'f'],
      ['b', 'g'],
      ['d'],
      ['a'],
    ])
  })

  test('of a file that goes in in several steps, of all of them', async () => {
    await using scene = await importScene()
    const text = pollsOf(upTo(400).filter((store) => store % 3 > 0))
    await scene.import(await scene.write('polls.csv', text), { rowsPerStep: 50, blockBytes: 256 })
    expect(await storesOf(scene, 1)).toEqual(
      upTo(400)
        .filter((store) => store % 3 > 0)
        .map(idOf),
    )
    const { changes } = await scene.db
      .selectFrom('change')
      .select(({ fn }) => fn.countAll<number>().as('changes'))
      .executeTakeFirstOrThrow()
    expect(Number(changes)).toBe(1)
  })

  test('of one that stops on the way, of the steps that went in', async () => {
    await using scene = await importScene()
    const stop = new AbortController()
    const path = await scene.write('polls.csv', pollsOf(upTo(100)))
    await expect(
      scene.import(path, {
        rowsPerStep: 20,
        blockBytes: 256,
        signal: stop.signal,
        onProgress: ({ rowsStored }) => rowsStored > 0 && stop.abort('stop'),
      }),
    ).rejects.toThrow(/stopped|interrupted|abort/)
    const there = await scene.db.selectFrom('store').select('store_id').orderBy('store_id').execute()
    expect(there.length).toBeGreaterThan(0)
    expect(there.length).toBeLessThan(100)
    expect(await storesOf(scene, 1)).toEqual(there.map(({ store_id }) => store_id))
  })

  test('or nothing of it goes in', async () => {
    await using scene = await importScene()
    await refuseRows(scene.db, 'touched_stores', 'no room')
    await expect(scene.import(await scene.write('polls.csv', pollsOf([1, 2])))).rejects.toThrow(/no room/)
    expect(await storedData(scene.db)).toEqual({ stores: [], summary: [], polls: [] })
    expect(await listChanges(scene.db, changeListInput.parse({}))).toMatchObject({ items: [] })
  })

  test('page by page, whatever lies between them', async () => {
    await using scene = await importScene()
    await scene.import(await scene.write('all.csv', pollsOf(upTo(9000))))
    const some = [0, 1, 4094, 4095, 4096, 8190, 8191, 8192, 8999]
    await scene.import(await scene.write('some.csv', pollsOf(some, 'inactive')))
    for (const limit of [1, 2, 3, 9, 1000]) expect(await storesOf(scene, 2, limit)).toEqual(some.map(idOf))
    const odd = upTo(9000).filter((store) => store % 2 === 1 && !some.includes(store))
    await scene.import(await scene.write('odd.csv', pollsOf(odd, 'inactive')))
    expect(await storesOf(scene, 3, 999)).toEqual(odd.map(idOf))
    await expect(
      listImportStores(scene.db, { importId: 3 as ImportId, limit: 1, cursor: 'x' }),
    ).rejects.toMatchObject({ code: 'invalid' })
    await expect(
      listImportStores(scene.db, { importId: 9 as ImportId, limit: 1, cursor: undefined }),
    ).rejects.toMatchObject({ code: 'not-found', message: 'there is no import 9' })
  })

  test('with what they are called, and when one was deleted, also where it has come back', async () => {
    await using scene = await importScene()
    await scene.import(await scene.write('polls.csv', pollsOf([1, 2])))
    await scene.import(await scene.write('names.csv', `store_id,name,city\n${idOf(1)},One,\n`))
    await deleted(scene, idOf(2))
    await scene.import(await scene.write('polls.csv', pollsOf([1, 2])))
    const stores = async (importId: number) =>
      (await listImportStores(scene.db, { importId: importId as ImportId, limit: 10, cursor: undefined }))
        .items
    expect(await stores(1)).toEqual([
      { storeId: idOf(1), name: 'One', deletedAt: null },
      { storeId: idOf(2), name: null, deletedAt: '2023-02-01T12:00:00Z' },
    ])
    expect(await stores(3)).toEqual([{ storeId: idOf(2), name: null, deletedAt: null }])
    expect(numbersOf(await importsOf(scene, idOf(2)))).toEqual([3, 1])
  })
})

async function deleted({ db }: ImportScene, id: string): Promise<void> {
  const request = deleteStoreInput.parse({ storeId: id, reason: 'sold', by: 'Ann', confirm: 1 })
  await writeAlone(db, 'data', (tx) => deleteStore(tx, request, noon))
}

describe('what changed a store', () => {
  test('is all of it alone and all that touched it with others, the newest first', async () => {
    await using scene = await importScene()
    await scene.import(await scene.write('all.csv', pollsOf(upTo(20))))
    await scene.import(await scene.write('others.csv', pollsOf([1, 2, 4, 5], 'inactive')))
    const zone = (id: string) =>
      writeAlone(scene.db, 'data', (tx) =>
        setTimezone(
          tx,
          { storeId: storeId.parse(id), timezone: 'UTC', validFrom: null, by: null, reason: null },
          noon,
        ),
      )
    await zone(idOf(3))
    await zone(idOf(4))
    await writeAlone(scene.db, 'data', (tx) => {
      const request = { all: true, from: at, to: '2023-01-25 12:00:00 UTC', reason: 'test', confirm: 20 }
      return deleteRequestedPolls(tx, deletePollsInput.parse(request), noon)
    })
    await scene.import(await scene.write('again.csv', pollsOf([3])))
    const { items, changesNotRecorded } = await changesOf(scene, idOf(3))
    expect(items).toMatchObject([
      { kind: 'import', importId: 3 },
      { kind: 'polls-deleted', stores: 20 },
      { kind: 'timezone', storeId: idOf(3) },
      { kind: 'import', importId: 1 },
    ])
    expect(changesNotRecorded).toBe(0)
    expect(numbersOf(await changesOf(scene, idOf(4), { kind: 'import' }))).toEqual([2, 1])
    expect(numbersOf(await importsOf(scene, idOf(3)))).toEqual([3, 1])
    expect(numbersOf(await importsOf(scene, idOf(4)))).toEqual([2, 1])
  })

  test('comes in pages, however many imports there are beside them', async () => {
    await using scene = await importScene()
    await scene.import(await scene.write('all.csv', pollsOf([1, 2])))
    const touched = (number: number) => number % 171 === 0
    const numbers = upTo(1300).map((number) => number + 2)
    const { import_id: _, ...first } = await scene.db
      .selectFrom('import')
      .selectAll()
      .executeTakeFirstOrThrow()
    await scene.db
      .insertInto('import')
      .values(numbers.map(() => first))
      .execute()
    await scene.db
      .insertInto('change')
      .values(numbers.map((import_id) => ({ at: noon, kind: 'import', import_id, what: 'polls' }) as never))
      .execute()
    const bits = (number: number) => Uint32Array.of((touched(number - 2) ? 1 : 2) * 0x10001)
    await scene.db
      .insertInto('touched_stores')
      .values(
        numbers.map((number) => ({
          change_id: number as ChangeId,
          block: 0,
          stores: bytesOfWords(bits(number)),
        })),
      )
      .execute()
    const expected = [
      ...upTo(1300)
        .filter(touched)
        .toReversed()
        .map((number) => number + 2),
      1,
    ]
    for (const [list, limit] of [
      [changesOf, 3],
      [importsOf, 3],
      [changesOf, 1000],
      [importsOf, 1000],
    ] as const) {
      const found: (number | null)[] = []
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await list(scene, idOf(1), { limit, cursor })
        found.push(...numbersOf(page))
        cursor = page.nextCursor
      }
      expect(found).toEqual(expected)
    }
  })

  test('is not told of a store that never was', async () => {
    await using scene = await importScene()
    const refused = { code: 'not-found', message: expect.stringContaining('"nobody"') as string }
    await expect(changesOf(scene, 'nobody')).rejects.toMatchObject(refused)
    await expect(importsOf(scene, 'nobody')).rejects.toMatchObject(refused)
  })

  test('of before it was recorded is counted', async () => {
    await using scene = await importScene()
    await scene.import(await scene.write('all.csv', pollsOf([1, 2])))
    await scene.import(await scene.write('other.csv', pollsOf([2], 'inactive')))
    await scene.db
      .deleteFrom('touched_stores')
      .where('change_id', '=', 1 as ChangeId)
      .execute()
    const query = { importId: 1 as ImportId, limit: 10, cursor: undefined }
    expect(await listImportStores(scene.db, query)).toEqual({
      items: [],
      nextCursor: null,
      isRecorded: false,
    })
    expect(await changesOf(scene, idOf(1))).toMatchObject({ items: [], changesNotRecorded: 1 })
    expect(await changesOf(scene, idOf(1), { kind: 'timezone' })).toMatchObject({ changesNotRecorded: 0 })
    expect(await importsOf(scene, idOf(2))).toMatchObject({
      items: [{ importId: 2 }],
      importsNotRecorded: 1,
    })
    expect(await listImports(scene.db, { limit: 10 })).toMatchObject({ importsNotRecorded: 0 })
  })
})
