import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listChanges } from '../../server/database/changes.ts'
import type { Db } from '../../server/database/connect.ts'
import { countPollsToDelete, deleteRequestedPolls } from '../../server/database/poll-deletions.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { mergePollWeeks } from '../../server/database/poll-weeks.ts'
import { deleteStore, whatStoreHas } from '../../server/database/store-deletions.ts'
import { readStoreIds } from '../../server/database/store-ids.ts'
import { getStore, keysOfStores, listStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { pollWeekOf, pollWord, POLL_WEEK_MS } from '../../server/uptime/poll-week.ts'
import { changeListInput } from '../../shared/change.ts'
import { deletePollsInput, deleteStoreInput } from '../../shared/deletion.ts'
import { storeId } from '../../shared/ids.ts'
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

async function addPolls(db: Db, polls: readonly (readonly [store: string, atMs: number])[]): Promise<void> {
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
    await mergePollWeeks(
      tx,
      weeks.toSorted((a, b) => a.week - b.week || a.storeKey - b.storeKey),
    )
  })
}

const texts = (polls: ReadonlyMap<string, number>) =>
  [...polls].map(([poll, atMs]) => [poll.split(' ')[0], atMs] as const)

/** Instants in three weeks, many of them where those begin and end. */
const instant = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(-2, -1, 0, 1, 2, 1000, POLL_WEEK_MS / 2))
  .map(([week, offset]) => START_MS + week * POLL_WEEK_MS + offset)
const store = fc.constantFrom('a', 'b', 'c')
const step = fc.oneof(
  fc.record({ add: fc.array(fc.tuple(store, instant), { minLength: 1, maxLength: 12 }) }),
  fc.record({ of: fc.option(store), between: fc.tuple(instant, instant) }),
  fc.record({ remove: store }),
)

test('whatever is added and deleted in turn: the polls and their summary are those that are left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      await using scene = await importScene()
      const { db } = scene
      const model = new Map<string, number>()
      const known = new Set<string>()
      for (const one of steps) {
        if ('add' in one) {
          await addPolls(db, one.add)
          for (const [id, atMs] of one.add) model.set(`${id} ${atMs}`, atMs)
          for (const [id] of one.add) known.add(id)
        } else if ('remove' in one) {
          if (!known.delete(one.remove)) continue
          const polls = [...model.keys()].filter((poll) => poll.startsWith(one.remove))
          expect(await removeStore(db, one.remove, polls.length)).toMatchObject({ polls: polls.length })
          for (const poll of polls) model.delete(poll)
        } else {
          const [from, to] = one.between.toSorted((a, b) => a - b) as [number, number]
          if (from === to || (one.of !== null && !known.has(one.of))) continue
          const which = {
            ...(one.of === null ? { all: true } : { storeId: one.of }),
            from: new Date(from).toISOString(),
            to: new Date(to).toISOString(),
          }
          const going = texts(model).filter(
            ([id, atMs]) => from <= atMs && atMs < to && (one.of ?? id) === id,
          )
          const planned = await deletePolls(db, which)
          expect(planned).toMatchObject({
            polls: going.length,
            stores: new Set(going.map(([id]) => id)).size,
            change: null,
          })
          const done = await deletePolls(db, which, planned.polls)
          expect({ ...done, change: null }).toEqual(planned)
          for (const [id, atMs] of going) model.delete(`${id} ${atMs}`)
        }
      }
      const left = [...model.keys()].toSorted()
      expect((await storedPolls(db)).map((poll) => poll.split(' ')[0])).toEqual(
        left.map((poll) => poll.split(' ')[0]),
      )
      const latest = Math.max(...model.values())
      expect(await databaseSummary(db)).toEqual({
        stores: known.size,
        polls: model.size,
        latestPollAt: model.size === 0 ? undefined : latest,
      })
      const summary = await db.selectFrom('poll_week_summary').selectAll().orderBy('week').execute()
      const byWeek = Map.groupBy(model.values(), pollWeekOf)
      expect(summary).toEqual(
        [...byWeek]
          .toSorted(([a], [b]) => a - b)
          .map(([week, ofWeek]) => ({
            week,
            poll_count: ofWeek.length,
            latest_poll_at: Math.max(...ofWeek),
          })),
      )
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
    await addPolls(scene.db, [['s4', noon]])
    expect((await readStoreIds(scene.db, [4])).get(4)).toBe('s4')
    expect((await listStores(scene.db, { limit: 9 })).items.map((one) => one.storeId)).toEqual(['s1', 's4'])
    await expect(getStore(scene.db, 's2')).rejects.toMatchObject({ code: 'not-found' })
  })
})
