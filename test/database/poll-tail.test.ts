import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addPolls } from '../../server/database/add-polls.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { deletePolls, pollsToDelete } from '../../server/database/deleted-polls.ts'
import { lastPollsOf } from '../../server/database/last-polls.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import type { StorePollWeek } from '../../server/database/poll-weeks.ts'
import { readPollWeeks } from '../../server/database/read-polls.ts'
import { readPollsAt } from '../../server/database/store-facts.ts'
import { readStoreWithPolls } from '../../server/database/report-input.ts'
import { inserterOfStores } from '../../server/database/stores.ts'
import { foldChunk, foldTail } from '../../server/database/tail/fold-tail.ts'
import { joinTail, splitInSlices, splitTail } from '../../server/database/tail/split-tail.ts'
import { createLatestPolls, type LatestPolls } from '../../server/database/tail/latest-polls.ts'
import { tidyTail } from '../../server/database/tail/tidy-tail.ts'
import { readTotals } from '../../server/database/totals.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { isActive, offsetOf, POLL_WEEK_MS, pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import { storeId, type StoreId } from '../../shared/ids.ts'
import { runsOnDatabase, testDatabase } from '../support/test-database.ts'

const FIRST_WEEK = 2800
/** Stores of three chunks, as many in each as make rows of a chunk worth it. */
const storeKeys = [0, 2048, 4096].flatMap((first) => Array.from({ length: 100 }, (_, i) => first + i + 1))
const idOf = (storeKey: number) => storeId.parse(`s${storeKey}`)
const chunksOfStores = [0, 1, 2]

interface Poll {
  readonly storeKey: number
  readonly atMs: number
  readonly isUp: boolean
}

async function sceneWithStores() {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await testDatabase())
  const db = parts.use(await connect(database.url))
  await writeAlone(db, 'data', (tx) =>
    inserterOfStores(tx)(storeKeys.map((storeKey) => ({ store_key: storeKey, store_id: idOf(storeKey) }))),
  )
  const owned = parts.move()
  return { db, url: database.url, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** As a file or a push is given to the database: the last of a millisecond counts. */
function weeksOf(polls: readonly Poll[]) {
  const last = new Map(polls.map((poll) => [`${poll.storeKey} ${poll.atMs}`, poll]))
  const sorted = [...last.values()].sort((a, b) => a.storeKey - b.storeKey || a.atMs - b.atMs)
  const groups = Map.groupBy(sorted, ({ storeKey, atMs }) => `${pollWeekOf(atMs)} ${storeKey}`)
  return [...groups.values()]
    .map((ofWeek) => ({
      week: pollWeekOf(ofWeek[0]!.atMs),
      storeKey: ofWeek[0]!.storeKey,
      words: Uint32Array.from(ofWeek, ({ atMs, isUp }) => pollWord(atMs, isUp)),
    }))
    .sort((a, b) => a.week - b.week || a.storeKey - b.storeKey)
}

type Model = Map<number, Map<number, boolean>>

async function pollsIn(db: Db): Promise<Model> {
  const polls: Model = new Map(storeKeys.map((storeKey) => [storeKey, new Map()]))
  const weeks = [FIRST_WEEK, FIRST_WEEK + 1]
  const keys = [...polls.keys()]
  for (const { week, storeKeys, words, from, to } of await readPollWeeks(db, weeks, keys)) {
    for (const [place, storeKey] of storeKeys.entries()) {
      const ofWeek = words.subarray(from[place], to[place])
      expect([...ofWeek]).toEqual([...ofWeek].sort((a, b) => a - b))
      for (const word of ofWeek) {
        polls.get(storeKey)!.set(week * POLL_WEEK_MS + offsetOf(word), isActive(word))
      }
    }
  }
  expect(await pollsOfPart(db, keys)).toEqual(polls)
  return polls
}

async function countTail(db: Db) {
  const rows = await db.selectFrom('poll_tail').select('poll_count').execute()
  return { tailRows: rows.length, tailPolls: rows.reduce((sum, { poll_count }) => sum + poll_count, 0) }
}

/** As parts of a report read them, from what is kept of the tail. */
async function pollsOfPart(db: Db, keys: readonly number[]): Promise<Model> {
  // As many as need be for that.
  const all = [...keys, ...Array.from({ length: 256 }, (_, i) => 1_000_000 + i)]
  const stores = all.map((storeKey) => ({ storeKey, storeId: '' as StoreId, scheduleKey: null }))
  const time = { startMs: FIRST_WEEK * POLL_WEEK_MS, endMs: (FIRST_WEEK + 2) * POLL_WEEK_MS }
  const pollsAt = await db.transaction().execute((tx) => readPollsAt(tx, stores, time))
  return new Map(
    keys.map((storeKey, place) => {
      const instants = pollsAt(place).flatMap(({ week, words, from, to }) =>
        Array.from(
          words.subarray(from, to),
          (word) => [week * POLL_WEEK_MS + offsetOf(word), isActive(word)] as const,
        ),
      )
      expect(instants.map(([atMs]) => atMs)).toEqual(instants.map(([atMs]) => atMs).sort((a, b) => a - b))
      expect(new Set(instants.map(([atMs]) => atMs)).size).toBe(instants.length)
      return [storeKey, new Map(instants)]
    }),
  )
}

// Few stores and instants, so that much comes again.
const fewStores = fc.constantFrom(...storeKeys.filter((_, i) => i % 50 === 0))
const someStores = fc.uniqueArray(fewStores, { minLength: 1, maxLength: 6 })
// Around where a week ends.
const instantAt = (second: number) => (FIRST_WEEK + 1) * POLL_WEEK_MS + second * 1000
const someInstant = fc.integer({ min: -12, max: 12 }).map(instantAt)
const somePoll = fc.record({ storeKey: fewStores, atMs: someInstant, isUp: fc.boolean() })

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add: fc.array(somePoll, { minLength: 1, maxLength: 8 }) }) },
  // An hourly file: a few polls of each store.
  {
    weight: 2,
    arbitrary: fc
      .record({
        chunk: fc.constantFrom(...chunksOfStores),
        startMs: fc.constantFrom(-12, 0).map(instantAt),
        isUp: fc.boolean(),
      })
      .map(({ chunk, startMs, isUp }) => ({
        add: storeKeys
          .filter((storeKey) => Math.floor(storeKey / 2048) === chunk)
          .flatMap((storeKey) =>
            Array.from({ length: 11 }, (_, i) => ({ storeKey, atMs: startMs + i * 1000, isUp })),
          ),
      })),
  },
  // A dense file.
  {
    weight: 2,
    arbitrary: fc
      .record({ stores: someStores, isUp: fc.boolean(), stepMs: fc.constantFrom(500, 1000) })
      .map(({ stores, isUp, stepMs }) => ({
        add: stores.flatMap((storeKey) =>
          Array.from({ length: 40 }, (_, i) => ({
            storeKey,
            atMs: (FIRST_WEEK + 1) * POLL_WEEK_MS + (i - 20) * stepMs,
            isUp,
          })),
        ),
      })),
  },
  { weight: 1, arbitrary: fc.record({ split: fc.constantFrom(FIRST_WEEK, FIRST_WEEK + 1) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      fold: fc.constantFrom(FIRST_WEEK, FIRST_WEEK + 1),
      chunks: fc.subarray(chunksOfStores),
    }),
  },
  { weight: 1, arbitrary: fc.record({ join: fc.constantFrom(FIRST_WEEK, FIRST_WEEK + 1) }) },
  { weight: 1, arbitrary: fc.record({ tidyAtHour: fc.constantFrom(0, 25) }) },
  // One chunk at a time, and what comes between.
  { weight: 1, arbitrary: fc.record({ beginSlices: fc.constantFrom(FIRST_WEEK, FIRST_WEEK + 1) }) },
  { weight: 3, arbitrary: fc.constant({ nextSlice: true } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      foldAlone: fc.constantFrom(...chunksOfStores),
      week: fc.constantFrom(FIRST_WEEK, FIRST_WEEK + 1),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ forget: true } as const) },
  { weight: 1, arbitrary: fc.record({ remove: someStores, from: someInstant, until: someInstant }) },
)

type Operation = typeof operation extends fc.Arbitrary<infer One> ? One : never

/** Does an operation, on the database and the model: how many polls it said that it changed, and how many it did. */
async function apply(
  db: Db,
  model: Model,
  step: Operation,
  latest: LatestPolls,
): Promise<{ readonly told: number; readonly real: number }> {
  if ('add' in step) {
    let real = 0
    const added = weeksOf(step.add)
    for (const { week, storeKey, words } of added) {
      const ofStore = model.get(storeKey)!
      for (const word of words) {
        const atMs = week * POLL_WEEK_MS + offsetOf(word)
        if (ofStore.get(atMs) !== isActive(word)) real++
        ofStore.set(atMs, isActive(word))
      }
    }
    let told = 0
    const onChanged = ({ words }: StorePollWeek) => (told += words.length)
    const { rows } = await writeAlone(db, 'data', (tx) => addPolls(tx, added, latest, onChanged))
    return { told, real: rows === real ? real : NaN }
  }
  if ('remove' in step) {
    const [startMs, endMs] = [step.from, step.until].toSorted((a, b) => a - b) as [number, number]
    const keys = step.remove.toSorted((a, b) => a - b)
    let real = 0
    for (const storeKey of keys) {
      for (const atMs of [...model.get(storeKey)!.keys()].filter((ms) => ms >= startMs && ms < endMs)) {
        model.get(storeKey)!.delete(atMs)
        real++
      }
    }
    const { polls } = await pollsToDelete(db, keys, { startMs, endMs })
    const deleted = await writeAlone(db, 'data', (tx) => deletePolls(tx, keys, { startMs, endMs }))
    return { told: deleted.polls, real: polls === real ? real : NaN }
  }
  if ('split' in step) await writeAlone(db, 'data', (tx) => splitTail(tx, step.split))
  else if ('fold' in step) await writeAlone(db, 'data', (tx) => foldTail(tx, step.fold, step.chunks))
  else if ('join' in step) await joinTail(db, step.join, 5)
  else if ('tidyAtHour' in step) await tidyTail(db, step.tidyAtHour * 3_600_000)
  else if ('foldAlone' in step) {
    await writeAlone(db, 'data', (tx) => foldChunk(tx, { week: step.week, chunk: step.foldAlone }))
  }
  return { told: 0, real: 0 }
}

test('polls that come in any order, in any size, are what the last of them say, whenever the tail is folded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (operations) => {
      await using scene = await sceneWithStores()
      const { db } = scene
      const model: Model = new Map(storeKeys.map((storeKey) => [storeKey, new Map()]))
      let latest = createLatestPolls()
      let slices: AsyncGenerator<void> | undefined
      for (const step of operations) {
        if ('forget' in step)
          latest = createLatestPolls() // another process
        else if ('beginSlices' in step) slices = splitInSlices(db, step.beginSlices, 1)
        else if ('nextSlice' in step) await slices?.next()
        const { told, real } = await apply(db, model, step, latest)
        expect(told).toBe(real)
        expect(await pollsIn(db)).toEqual(model)
        const instants = [...model.values()].flatMap((ofStore) => [...ofStore.keys()])
        expect(await databaseSummary(db)).toMatchObject({
          polls: instants.length,
          latestPollAt: instants.length === 0 ? undefined : Math.max(...instants),
        })
        expect(await readTotals(db)).toEqual({ polls: instants.length, ...(await countTail(db)) })
      }
      const one = storeKeys[0]!
      const found = await db
        .transaction()
        .execute((tx) => readStoreWithPolls(tx, idOf(one), [FIRST_WEEK, FIRST_WEEK + 1]))
      const ofOne = found!.polls.flatMap(({ week, words, from, to }) =>
        Array.from(words.subarray(from, to), (word) => [
          week * POLL_WEEK_MS + offsetOf(word),
          isActive(word),
        ]),
      )
      expect(ofOne).toEqual([...model.get(one)!].sort(([a], [b]) => a - b))
      const last = await lastPollsOf(db, storeKeys.map(idOf))
      for (const storeKey of storeKeys) {
        const instants = [...model.get(storeKey)!.keys()]
        expect(last.get(idOf(storeKey))).toBe(instants.length === 0 ? undefined : Math.max(...instants))
      }
    }),
    { numRuns: runsOnDatabase(60) },
  )
}, 120_000)

test('what is a day old in the tail goes to its week, however little it is', async () => {
  await using scene = await sceneWithStores()
  const { db } = scene
  const rowsInTail = async () => (await db.selectFrom('poll_tail').select('chunk').execute()).length
  const [one, other] = [storeKeys[0]!, storeKeys.at(-1)!]
  const add = (storeKey: number, second: number) =>
    writeAlone(db, 'data', (tx) => addPolls(tx, weeksOf([{ storeKey, atMs: instantAt(second), isUp: true }])))
  const hourMs = 3_600_000
  await add(one, 1)
  await tidyTail(db, 0)
  await tidyTail(db, 23 * hourMs)
  expect(await rowsInTail()).toBe(1)
  await tidyTail(db, 24 * hourMs)
  expect(await rowsInTail()).toBe(0)
  await add(other, 2)
  await tidyTail(db, 25 * hourMs)
  expect(await rowsInTail()).toBe(1)
  await tidyTail(db, 49 * hourMs)
  expect(await rowsInTail()).toBe(0)
  expect((await pollsIn(db)).get(other)).toEqual(new Map([[instantAt(2), true]]))
})
