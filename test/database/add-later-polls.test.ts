import { expect, test } from 'vitest'
import { addLaterPolls } from '../../server/database/add-later-polls.ts'
import { addPolls } from '../../server/database/add-polls.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { readPollWeeks } from '../../server/database/read-polls.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { createLatestPolls, type LatestPolls } from '../../server/database/tail/latest-polls.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { mergePolls } from '../../server/ingest/importing/merge-polls.ts'
import { POLL_WEEK_MS, pollWord } from '../../server/uptime/poll-week.ts'
import { storeId, type StoreId } from '../../shared/ids.ts'
import { testDatabase } from '../support/test-database.ts'

const WEEK = 2800
/** Of two chunks, with enough polls for a row of each. */
const STORES = 2500
const keys = Uint32Array.from({ length: STORES }, (_, i) => i + 1)
const idOf = (number: number) => storeId.parse(`s${String(number).padStart(5, '0')}`)

async function scene(ids: readonly StoreId[] = Array.from(keys, idOf)) {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await testDatabase())
  const db = parts.use(await connect(database.url))
  await writeAlone(db, 'data', (tx) => keysOfStores(tx, ids))
  const owned = parts.move()
  return { db, latest: createLatestPolls(), [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** One a store, some seconds into an hour. */
function hourOf(hour: number) {
  const atMs = (key: number) => WEEK * POLL_WEEK_MS + hour * 3_600_000 + (key % 60) * 1000
  return {
    week: WEEK,
    storeKeys: keys,
    words: Uint32Array.from(keys, (key) => pollWord(atMs(key), key % 3 > 0)),
  }
}

function addLater(db: Db, hour: number, latest: LatestPolls) {
  return writeAlone(db, 'data', (tx) => addLaterPolls(tx, hourOf(hour), latest))
}

function addInGeneral(db: Db, hour: number, storeKeys: Iterable<number>, latest: LatestPolls) {
  const { words } = hourOf(hour)
  const added = Array.from(storeKeys, (storeKey) => ({
    week: WEEK,
    storeKey,
    words: words.subarray(storeKey - 1, storeKey),
  }))
  return writeAlone(db, 'data', (tx) => addPolls(tx, added, latest))
}

async function allIn(db: Db) {
  const [found] = await readPollWeeks(db, [WEEK], [...keys])
  const { storeKeys, words, from, to } = found!
  const polls = storeKeys.map((storeKey, i) => [storeKey, [...words.subarray(from[i], to[i])]] as const)
  return { polls: new Map(polls), summary: await databaseSummary(db) }
}

function countRows(db: Db) {
  return db.selectFrom('poll_tail').select(['chunk', 'poll_count']).orderBy('chunk').execute()
}

test('polls that are later than all are added as any others are', async () => {
  await using ours = await scene()
  await using other = await scene()
  for (const hour of [1, 2, 3]) {
    // In rows of any stores, which are older.
    for (const { db, latest } of [ours, other]) await addInGeneral(db, hour, [5, 2100], latest)
    const changed = await addLater(ours.db, hour + 0.5, ours.latest)
    expect(changed).toEqual(await addInGeneral(other.db, hour + 0.5, keys, other.latest))
    expect(changed).toMatchObject({ rows: STORES })
  }
  expect(await allIn(ours.db)).toEqual(await allIn(other.db))
  expect(await countRows(ours.db)).toEqual(await countRows(other.db))
  expect((await countRows(ours.db)).map(({ chunk }) => chunk)).not.toContain(-1)
})

test('where one of them is not later, nothing is added', async () => {
  await using ours = await scene()
  const { db, latest } = ours
  await addInGeneral(db, 5, [2100], latest)
  const before = await allIn(db)
  expect(await addLater(db, 5, latest)).toBeUndefined()
  expect(await addLater(db, 4, createLatestPolls())).toBeUndefined()
  expect(await allIn(db)).toEqual(before)
})

test('a file that says the same of all stores again changes nothing, whatever the order of their keys', async () => {
  const odd = Array.from(keys, (_, i) => idOf(2 * i + 1)).slice(0, STORES / 2)
  const even = Array.from(keys, (_, i) => idOf(2 * i)).slice(0, STORES / 2)
  await using ours = await scene(odd)
  const { db, latest } = ours
  const { words } = hourOf(1)
  const places = Uint32Array.from({ length: STORES }, (_, i) => i)
  const polls = {
    storeIds: [...odd, ...even].sort(),
    stores: places,
    storeOfWeek: places,
    weeks: new Int32Array(STORES).fill(WEEK),
    starts: places,
    lengths: new Uint32Array(STORES).fill(1),
    words,
  }
  const merge = () => writeAlone(db, 'data', (tx) => mergePolls(tx, polls, latest))
  expect(await merge()).toMatchObject({ rows: STORES })
  expect(await merge()).toMatchObject({ rows: 0 })
  const found = await db.selectFrom('store').select(['store_key', 'store_id']).orderBy('store_id').execute()
  const { polls: inDatabase, summary } = await allIn(db)
  expect(found.map(({ store_key }) => inDatabase.get(store_key))).toEqual(Array.from(words, (word) => [word]))
  expect(summary.polls).toBe(STORES)
  expect((await countRows(db)).map(({ chunk }) => chunk)).toEqual([0, 1])
})
