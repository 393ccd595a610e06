import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listChanges } from '../../server/database/changes.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { countPollsToDelete, deleteRequestedPolls } from '../../server/database/poll-deletions.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { addPolls } from '../../server/database/add-polls.ts'
import { deleteStore, whatStoreHas } from '../../server/database/store-deletions.ts'
import { readStoreIds } from '../../server/database/store-ids.ts'
import { getStore, keysOfStores, listStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { pollWeekOf, pollWord, POLL_WEEK_MS } from '../../server/uptime/poll-week.ts'
import { changeListInput } from '../../shared/change.ts'
import { deletePollsInput, deleteStoreInput } from '../../shared/deletion.ts'
import { storeId } from '../../shared/ids.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { importScene, noon, pollFile, storedData, storedPolls } from '../support/import-scene.ts'
import { runsOnDatabase } from '../support/test-database.ts'

const [reason, by] = ['poller was broken', 'Ann']
const WEEK = 2700
const START_MS = WEEK * POLL_WEEK_MS

async function deletePolls(db: Db, which: object, confirm?: number) {
  const request = deletePollsInput.parse({ reason, by, confirm, ...which })
  if (confirm === undefined) return countPollsToDelete(db, request)
  return writeAlone(db, 'data', (tx) => deleteRequestedPolls(tx, request, noon))
}

async function removeStore(db: Db, id: string, confirm?: number) {
  const request = deleteStoreInput.parse({ storeId: id, reason, by, confirm })
  if (confirm === undefined) return whatStoreHas(db, request)
  return writeAlone(db, 'data', (tx) => deleteStore(tx, request, noon))
}

async function addPollsOf(db: Db, polls: readonly (readonly [store: string, atMs: number])[]): Promise<void> {
  await writeAlone(db, 'data', async (tx) => {
    const ids = [...new Set(polls.map(([id]) => id))].toSorted().map((id) => storeId.parse(id))
    const keys = await keysOfStores(tx, ids)
    const groups = Map.groupBy(
      polls,
      ([id, atMs]) => `${pollWeekOf(atMs)} ${keys[ids.indexOf(id as never)]!}`,
    )
    const weeks = Array.from(groups, ([group, ofGroup]) => {
      const [week, storeKey] = group.split(' ').map(Number)
      const instants = [...new Set(ofGroup.map(([, atMs]) => atMs))].sort((a, b) => a - b)
      return {
        week: week!,
        storeKey: storeKey!,
        words: Uint32Array.from(instants, (ms) => pollWord(ms, true)),
      }
    })
    await addPolls(
      tx,
      weeks.toSorted((a, b) => a.week - b.week || a.storeKey - b.storeKey),
    )
  })
}

/** Instants in three weeks, many of them where those begin and end. */
const instant = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(-2, -1, 0, 1, 2, 1000, POLL_WEEK_MS / 2))
  .map(([week, offset]) => START_MS + week * POLL_WEEK_MS + offset)
const store = fc.constantFrom('a', 'b', 'c')

/** The polls that there should be: of each store, its instants. */
type Model = Map<string, Set<number>>
/** Does the same to both; what it was answered, and what it should have been. */
type Step = (db: Db, model: Model) => Promise<{ answers: readonly object[]; expected: readonly object[] }>
const nothing = { answers: [], expected: [] }

const adding = fc
  .array(fc.tuple(store, instant), { minLength: 1, maxLength: 12 })
  .map((added): Step => async (db, model) => {
    await addPollsOf(db, added)
    for (const [id, atMs] of added) model.set(id, (model.get(id) ?? new Set()).add(atMs))
    return nothing
  })

const deleting = fc.tuple(fc.option(store), instant, instant).map(([id, one, other]): Step => {
  const [from, to] = [Math.min(one, other), Math.max(one, other) + 1]
  const isGoing = (atMs: number) => from <= atMs && atMs < to
  return async (db, model) => {
    if (id !== null && !model.has(id)) return nothing
    const instants = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
    const which = { ...(id === null ? { all: true } : { storeId: id }), ...instants }
    const counts: number[] = []
    for (const [of, atMs] of model) {
      if (id !== null && of !== id) continue
      const going = [...atMs].filter(isGoing)
      counts.push(going.length)
      for (const ms of going) atMs.delete(ms)
    }
    const planned = await deletePolls(db, which)
    const done = await deletePolls(db, which, planned.polls)
    const expected = {
      polls: counts.reduce((sum, count) => sum + count, 0),
      stores: counts.filter((count) => count > 0).length,
      change: null,
    }
    return { answers: [planned, { ...done, change: null }], expected: [expected, planned] }
  }
})

const removing = store.map((id): Step => async (db, model) => {
  const polls = model.get(id)?.size
  if (polls === undefined) return nothing
  model.delete(id)
  return { answers: [await removeStore(db, id, polls)], expected: [{ polls }] }
})

test('whatever is added and deleted in turn: the polls and their summary are those that are left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(adding, deleting, removing), { maxLength: 8 }), async (steps) => {
      await using scene = await importScene()
      const { db } = scene
      const model: Model = new Map()
      for (const step of steps) {
        const { answers, expected } = await step(db, model)
        expect(answers).toMatchObject(expected)
      }
      const left = [...model].flatMap(([id, instants]) => Array.from(instants, (atMs) => ({ id, atMs })))
      expect((await storedPolls(db)).toSorted()).toEqual(
        left.map(({ id, atMs }) => `${id} active ${formatTimestamp(atMs)}`).toSorted(),
      )
      const latest = Math.max(...left.map(({ atMs }) => atMs))
      expect(await databaseSummary(db)).toEqual({
        stores: model.size,
        polls: left.length,
        latestPollAt: left.length === 0 ? undefined : latest,
      })
      const byWeek = Map.groupBy(
        left.map(({ atMs }) => atMs),
        pollWeekOf,
      )
      const weeks = Array.from(byWeek, ([week, instants]) => ({
        week,
        poll_count: instants.length,
        latest_poll_at: Math.max(...instants),
      }))
      const summary = await db.selectFrom('poll_week_summary').selectAll().orderBy('week').execute()
      expect(summary).toEqual(weeks.toSorted((a, b) => a.week - b.week))
    }),
    { numRuns: runsOnDatabase(60) },
  )
})

const polls = pollFile([
  ['s1', 'active', '2023-01-24 12:00:00 UTC'],
  ['s1', 'inactive', '2023-01-25 12:00:00 UTC'],
  ['s2', 'active', '2023-01-10 12:00:00 UTC'],
  ['s2', 'active', '2023-01-24 12:00:00 UTC'],
])

async function sceneWithPolls() {
  const scene = await importScene()
  await scene.import(await scene.write('polls.csv', polls))
  return scene
}

const allOfTime = { from: '2023-01-01T00:00Z', to: '2024-01-01T00:00Z' }

describe('polls are deleted', () => {
  test('of a group, with a record of who did it and why', async () => {
    await using scene = await sceneWithPolls()
    const details = 'store_id,name,city\ns2,,Bonn\ns1,,Kiel\n'
    await scene.import(await scene.write('details.csv', details))
    const going = {
      polls: 2,
      stores: 1,
      firstPollAt: '2023-01-10T12:00:00Z',
      lastPollAt: '2023-01-24T12:00:00Z',
    }
    const which = { labels: ['city=Bonn'], ...allOfTime }
    expect(await deletePolls(scene.db, which)).toEqual({ ...going, change: null })
    const { change, ...deleted } = await deletePolls(scene.db, which, 2)
    expect(deleted).toEqual(going)
    expect(change).toMatchObject({
      kind: 'polls-deleted',
      what: '2 polls of 1 store',
      storeId: null,
      labels: ['city=Bonn'],
      from: '2023-01-01T00:00:00Z',
      to: '2024-01-01T00:00:00Z',
      polls: 2,
      stores: 1,
      author: 'Ann',
      reason: 'poller was broken',
    })
    const { items } = await listChanges(scene.db, changeListInput.parse({ limit: 1 }))
    expect(items).toEqual([change])
    expect(await storedPolls(scene.db)).toHaveLength(2)
  })

  test('not, where they are other than what was confirmed, or are gone already', async () => {
    await using scene = await sceneWithPolls()
    const which = { storeId: 's1', ...allOfTime }
    const before = await storedData(scene.db)
    await expect(deletePolls(scene.db, which, 1)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/there are 2 polls to be deleted now, not 1/) as unknown,
    })
    expect(await storedData(scene.db)).toEqual(before)
    const { change } = await deletePolls(scene.db, which, 2)
    await expect(deletePolls(scene.db, which, 2)).rejects.toMatchObject({
      code: 'conflict',
      message: `these 2 polls were deleted already, at 2023-02-01T12:00:00Z: change ${change!.changeId} is the record of that`,
    })
    expect(await deletePolls(scene.db, which, 0)).toMatchObject({ polls: 0, change: null })
    await expect(deletePolls(scene.db, { ...which, storeId: 's3' })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  test('even where they are damaged, as a whole week', async () => {
    await using scene = await sceneWithPolls()
    await scene.db
      .updateTable('poll_week')
      .set({ polls: new Uint8Array(16).fill(7) })
      .execute()
    const planned = await deletePolls(scene.db, { all: true, ...allOfTime })
    await deletePolls(scene.db, { all: true, ...allOfTime }, planned.polls)
    expect(await databaseSummary(scene.db)).toMatchObject({ polls: 0, latestPollAt: undefined })
  })

  test('and go in again where they are imported again', async () => {
    await using scene = await sceneWithPolls()
    const before = await storedData(scene.db)
    await deletePolls(scene.db, { all: true, ...allOfTime }, 4)
    const [again] = await scene.import(scene.path('polls.csv'))
    expect(again).toMatchObject({ rowsChanged: 4 })
    expect(await storedData(scene.db)).toEqual(before)
  })
})

describe('a store is deleted', () => {
  test('with all that is of it; what is said of it is answered clearly then', async () => {
    await using scene = await sceneWithPolls()
    await scene.import(await scene.write('details.csv', 'store_id,name,city\ns2,,Bonn\n'))
    const correction = 's2,2023-01-10T00:00:00Z,2023-01-11T00:00:00Z,closed,flood'
    await scene.import(
      await scene.write('corrections.csv', `store_id,from_utc,to_utc,kind,reason\n${correction}\n`),
    )
    const going = { storeId: 's2', polls: 2, corrections: 1, lastPollAt: '2023-01-24T12:00:00Z' }
    expect(await removeStore(scene.db, 's2')).toMatchObject({ ...going, change: null })
    await expect(removeStore(scene.db, 's2', 3)).rejects.toMatchObject({ code: 'conflict' })
    expect(await removeStore(scene.db, 's2', 2)).toMatchObject({
      ...going,
      change: { kind: 'store-deleted', storeId: 's2', author: 'Ann', reason: 'poller was broken', polls: 2 },
    })
    for (const confirm of [undefined, 2]) {
      await expect(removeStore(scene.db, 's2', confirm)).rejects.toMatchObject({
        code: 'not-found',
        message: 'there is no store "s2": it was deleted at 2023-02-01T12:00:00Z by Ann, as change 4 records',
      })
    }
    await expect(removeStore(scene.db, 's3')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/no imported file names it/) as unknown,
    })
    for (const table of ['store_label', 'correction'] as const) {
      expect(await scene.db.selectFrom(table).selectAll().execute()).toEqual([])
    }
    expect(await databaseSummary(scene.db)).toEqual({
      stores: 1,
      polls: 2,
      latestPollAt: Date.UTC(2023, 0, 25, 12),
    })
  })

  test('and its key is never that of another, so that old reports name it', async () => {
    await using scene = await sceneWithPolls()
    await removeStore(scene.db, 's2', 2)
    await scene.import(scene.path('polls.csv'))
    expect(await readStoreIds(scene.db, [1, 2, 3])).toEqual(
      new Map([
        [1, 's1'],
        [2, 's2'],
        [3, 's2'],
      ]),
    )
    await removeStore(scene.db, 's2', 2)
    await addPollsOf(scene.db, [['s4', noon]])
    expect((await readStoreIds(scene.db, [4])).get(4)).toBe('s4')
    expect((await listStores(scene.db, { limit: 9 })).items.map((one) => one.storeId)).toEqual(['s1', 's4'])
    await expect(getStore(scene.db, 's2')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('between two steps of an import, which goes on and brings back nothing of it', async () => {
    await using scene = await importScene()
    await using elsewhere = await connect(scene.databaseUrl)
    const rows = Array.from(
      { length: 40 },
      (_, i) => [`s${10 + i}`, 'active', '2023-01-24 12:00:00 UTC'] as const,
    )
    let removed: Promise<unknown> | undefined
    const stored: number[] = []
    const [record] = await scene.import(await scene.write('polls.csv', pollFile(rows)), {
      rowsPerStep: 7,
      blockBytes: 256,
      onProgress({ rowsStored }) {
        if (rowsStored > 0) stored.push(rowsStored)
        if (rowsStored > 0) removed ??= removeStore(elsewhere, 's12', 1)
      },
    })
    expect(stored).toEqual([7, 14, 21, 28, 35, 40])
    expect(await removed).toMatchObject({ polls: 1 })
    expect(record).toMatchObject({ state: 'complete', rowsChanged: 40, storesTouched: 40 })
    const left = rows.map(([id]) => id).filter((id) => id !== 's12')
    expect((await storedPolls(scene.db)).map((poll) => poll.split(' ')[0])).toEqual(left)
    expect(await databaseSummary(scene.db)).toMatchObject({ stores: 39, polls: 39 })
  })
})
