import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect, type Db } from '../../server/database/connect.ts'
import { createCorrection, revokeCorrection } from '../../server/database/correction-records.ts'
import { beginKeeping, forgetWeeks, keepWeeks, type FoundWeeks } from '../../server/database/kept-weeks.ts'
import { deletePolls } from '../../server/database/deleted-polls.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { addPolls } from '../../server/database/add-polls.ts'
import { deleteStore, whatStoreHas } from '../../server/database/store-deletions.ts'
import { setBusinessHours, setSpecialHours, setTimezone } from '../../server/database/store-changes.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { writeAlone, type WriteTx } from '../../server/database/write-alone.ts'
import type { Asked } from '../../server/reports/asked.ts'
import type { PartResult } from '../../server/database/report-results.ts'
import { readHistory } from '../../server/insight/history.ts'
import { createGenerator } from '../../server/reports/generate.ts'
import { createPeriodTotals, putPeriodTotals } from '../../server/reports/period-totals.ts'
import type { Tally } from '../../server/uptime/tally.ts'
import { bytesOfWords } from '../../server/uptime/words.ts'
import type { PartStretch } from '../../server/reports/part-size.ts'
import { weeksOf } from '../../server/reports/report-weeks.ts'
import { POLL_WEEK_MS, pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import type { CorrectionId } from '../../shared/correction.ts'
import type { StoreId } from '../../shared/ids.ts'
import { databaseType, runsOnDatabase, testDatabase } from '../support/test-database.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A Monday. */
const FIRST_DATE = Date.UTC(2024, 9, 7) / DAY_MS
const FIRST_MS = FIRST_DATE * DAY_MS
/** Through a change of the clocks in Europe and in America. */
const WEEKS = 7
/** Of a store in that time. */
const ROWS = 2
const computedWith = { programVersion: '1.0.0', zoneDataVersion: '2026b' }
const allStores: PartStretch = [{ part: 0, firstStoreId: '' as StoreId, nextStoreId: null }]
const storeIds = ['b', 'a', 'd', 'c', 'e', 'aa'] as StoreId[]
const made = { by: null, reason: null }

function askedFor(days: readonly [from: number, to: number], asOfMs: number): Asked {
  const [fromDate, toDate] = days.map((day) => FIRST_DATE + day) as [number, number]
  return {
    asOfMs,
    interpolation: 'nearest',
    reachMs: DAY_MS,
    corrections: 'applied',
    labels: [],
    periods: { by: 'week', fromDate, toDate },
  }
}

const allWeeks = askedFor([0, WEEKS * 7 - 1], FIRST_MS + (WEEKS + 1) * POLL_WEEK_MS)

/** What judges a database as workers do, with connections of its own. */
async function sceneOn(url: string) {
  await using parts = new AsyncDisposableStack()
  const writing = parts.use(await connect(url))
  await migrateToLatest(writing)
  await beginKeeping(writing, computedWith)
  const reading = parts.use(await connect(url, { readOnly: true }))
  const generator = createGenerator(reading)
  const owned = parts.move()
  return {
    db: writing,
    change: (work: (tx: WriteTx) => Promise<unknown>) => writeAlone(writing, 'data', work),
    /** As each store's history tells it. */
    async fromPolls(asked: Asked) {
      const stores = await reading.selectFrom('store').selectAll().orderBy('store_id').execute()
      const rows = []
      for (const { store_id, store_key } of stores) {
        const { items } = await readHistory(reading, historyOf(asked, store_id))
        const isCorrected = items.some(({ uncorrected }) => uncorrected !== null)
        rows.push({
          totals: packed(store_key, items),
          uncorrected: isCorrected
            ? packed(
                store_key,
                items.map((item) => item.uncorrected ?? item),
              )
            : Buffer.alloc(0),
        })
      }
      return {
        totals: Buffer.concat(rows.map(({ totals }) => totals)),
        uncorrected: Buffer.concat(rows.map(({ uncorrected }) => uncorrected)),
      }
    },
    /** undefined where nothing can be kept of what is asked for. */
    async fromKept(asked: Asked, versions = computedWith) {
      const weeks = weeksOf(asked)
      if (weeks === undefined) return undefined
      const { results, found } = await generator.partsWithKept(allStores, {
        asked,
        weeks,
        computedWith: versions,
      })
      return { result: resultOf(results[0]!), found }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function resultOf({ totals, uncorrected }: Pick<PartResult, 'totals' | 'uncorrected'>) {
  return { totals: Buffer.from(totals), uncorrected: Buffer.from(uncorrected ?? []) }
}

function historyOf({ periods, asOfMs, interpolation, reachMs, corrections }: Asked, storeId: StoreId) {
  const { by, fromDate, toDate } = periods!
  const dateOf = (days: number) => new Date(days * DAY_MS).toISOString().slice(0, 10)
  const dates = { since: dateOf(fromDate), until: dateOf(toDate) }
  return { storeId, by, ...dates, asOf: asOfMs, interpolation, reach: reachMs, corrections }
}

function packed(storeKey: number, tallies: readonly Tally[]): Buffer {
  const totals = createPeriodTotals(1, tallies.length)
  putPeriodTotals(totals, 0, storeKey, tallies)
  return Buffer.from(bytesOfWords(totals))
}

type Scene = Awaited<ReturnType<typeof sceneOn>>

async function addPollsOf(
  tx: WriteTx,
  storeId: StoreId,
  atMs: readonly number[],
  isUp: boolean,
): Promise<void> {
  const [storeKey] = await keysOfStores(tx, [storeId])
  const byWeek = Map.groupBy(new Set(atMs), pollWeekOf)
  const added = [...byWeek].sort(([a], [b]) => a - b)
  await addPolls(
    tx,
    added.map(([week, ofWeek]) => ({
      week,
      storeKey: storeKey!,
      words: Uint32Array.from(ofWeek.sort((a, b) => a - b).map((at) => pollWord(at, isUp))),
    })),
  )
}

/** Polls of all but the last two stores, some hours apart. */
async function addUsualPolls({ change }: Scene): Promise<void> {
  await change(async (tx) => {
    for (const [i, storeId] of storeIds.slice(0, -2).entries()) {
      const at = Array.from({ length: (WEEKS + 1) * 40 }, (_, n) => FIRST_MS + (n * 4 + i) * HOUR_MS)
      for (const isUp of [true, false]) {
        await addPollsOf(
          tx,
          storeId,
          at.filter((_, n) => n % (3 + i) > 0 === isUp),
          isUp,
        )
      }
    }
  })
}

const aStore = fc.constantFrom(...storeIds)
const anHour = fc.integer({ min: -40, max: (WEEKS + 1) * 168 })
const anInstant = anHour.map((hour) => FIRST_MS + hour * HOUR_MS)

/** Something that changes the data; it is told which corrections there are. */
type Change = (tx: WriteTx, corrections: CorrectionId[]) => Promise<unknown>

const aChange: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(aStore, fc.array(anInstant, { minLength: 1, maxLength: 5 }), fc.boolean()).map(
    ([storeId, at, isUp]): Change =>
      (tx) =>
        addPollsOf(tx, storeId, at, isUp),
  ),
  fc
    .tuple(
      aStore,
      fc.option(anInstant),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom('12:00:00', '03:00:00'),
    )
    .map(
      ([storeId, validFrom, day, end]): Change =>
        (tx) =>
          setBusinessHours(tx, { storeId, validFrom, spans: [{ day, start: '07:00:00', end }], ...made }, 0),
    ),
  fc
    .tuple(aStore, fc.option(anInstant), fc.constantFrom('Europe/Berlin', 'Pacific/Kiritimati', 'Etc/GMT+12'))
    .map(
      ([storeId, validFrom, timezone]): Change =>
        (tx) =>
          setTimezone(tx, { storeId, validFrom, timezone, ...made }, 0),
    ),
  fc.tuple(aStore, anInstant).map(([storeId, at]): Change => (tx) => {
    const days = [{ date: new Date(at).toISOString().slice(0, 10), spans: [] }]
    return setSpecialHours(tx, { storeId, days, ...made }, 0)
  }),
  fc
    .tuple(
      aStore,
      anInstant,
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('closed', 'excused', 'wrong-data'),
    )
    .map(([storeId, fromMs, hours, kind]): Change => async (tx, corrections) => {
      await keysOfStores(tx, [storeId])
      const correction = {
        storeId,
        fromMs,
        toMs: fromMs + hours * HOUR_MS,
        kind,
        reason: 'test',
        author: null,
      }
      corrections.push((await createCorrection(tx, correction, 0)).correctionId)
    }),
  fc.tuple(aStore, anInstant, fc.integer({ min: 1, max: 400 })).map(
    ([storeId, startMs, hours]): Change =>
      async (tx) =>
        deletePolls(tx, await keysOfStores(tx, [storeId]), { startMs, endMs: startMs + hours * HOUR_MS }),
  ),
  aStore.map((storeId): Change => async (tx) => {
    await keysOfStores(tx, [storeId])
    const deletion = { storeId, by: null, reason: 'test', confirm: undefined }
    const { polls } = await whatStoreHas(tx, deletion)
    await deleteStore(tx, { ...deletion, confirm: polls }, 0)
  }),
  fc.nat(20).map((which): Change => async (tx, corrections) => {
    const correctionId = corrections[which % Math.max(1, corrections.length)]
    const known = await tx.selectFrom('correction').select('correction_id').execute()
    if (known.some(({ correction_id }) => correction_id === correctionId)) {
      await revokeCorrection(tx, correctionId!, { ...made, at: 1 })
    }
  }),
)

const anAsked = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 15, max: WEEKS * 7 - 1 }), anInstant)
  .map(([from, days, asOfMs]) => askedFor([from, from + days], asOfMs))

test('what is kept makes no difference, whatever changes in between, or while others judge', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ changes: fc.array(aChange, { maxLength: 2 }), asked: anAsked, isLate: fc.boolean() }),
        {
          minLength: 3,
          maxLength: 6,
        },
      ),
      async (steps) => {
        await using database = await testDatabase()
        await using scene = await sceneOn(database.url)
        await addUsualPolls(scene)
        const corrections: CorrectionId[] = []
        let late: FoundWeeks | undefined
        for (const { changes, asked, isLate } of [
          { changes: [], asked: allWeeks, isLate: false },
          ...steps,
        ]) {
          for (const change of changes) await scene.change((tx) => change(tx, corrections))
          // What was judged before the change comes to be kept only now.
          if (late !== undefined) await keepWeeks(scene.db, computedWith, late)
          late = undefined
          for (const ask of [asked, allWeeks]) {
            const kept = await scene.fromKept(ask)
            if (kept === undefined) continue
            expect(kept.result).toEqual(await scene.fromPolls(ask))
            if (isLate) late = kept.found
            else if (kept.found !== undefined) await keepWeeks(scene.db, computedWith, kept.found)
          }
        }
      },
    ),
    { numRuns: runsOnDatabase(15) },
  )
})

async function keepAll(scene: Scene): Promise<void> {
  const { found } = (await scene.fromKept(allWeeks))!
  await keepWeeks(scene.db, computedWith, found!)
}

/** How many rows, of a store and some weeks, have something that is judged again. */
async function countJudged(scene: Scene, versions = computedWith): Promise<number> {
  const { found } = (await scene.fromKept(allWeeks, versions))!
  return found?.rows.length ?? NaN
}

test('weeks that are kept are not judged again, and those of a new store are', async () => {
  await using database = await testDatabase()
  await using scene = await sceneOn(database.url)
  await addUsualPolls(scene)
  expect(await countJudged(scene)).toBeGreaterThan(0)
  await keepAll(scene)
  expect(await countJudged(scene)).toBe(0)
  await scene.change((tx) => keysOfStores(tx, ['new' as StoreId]))
  expect(await countJudged(scene)).toBe(ROWS)
})

test('a poll of a store makes only its own weeks be judged again; one of a week that is not over, none', async () => {
  await using database = await testDatabase()
  await using scene = await sceneOn(database.url)
  await addUsualPolls(scene)
  await keepAll(scene)
  const running = FIRST_MS + (WEEKS + 1) * POLL_WEEK_MS + 2.5 * DAY_MS
  await scene.change((tx) => addPollsOf(tx, storeIds[0]!, [running], true))
  expect(await countJudged(scene)).toBe(0)
  // With what is there already, as files of the last days have it.
  const early = FIRST_MS + 2 * POLL_WEEK_MS
  await scene.change((tx) => addPollsOf(tx, storeIds[0]!, [early + HOUR_MS, running], true))
  await keepAll(scene)
  await scene.change((tx) => addPollsOf(tx, storeIds[0]!, [early + HOUR_MS, running + 1], true))
  expect(await countJudged(scene)).toBe(0)
  await scene.change((tx) => addPollsOf(tx, storeIds[0]!, [early + 2 * HOUR_MS], false))
  expect(await countJudged(scene)).toBe(1)
})

test('what other versions kept does not count, and is forgotten by the first report of this one', async () => {
  await using database = await testDatabase()
  await using scene = await sceneOn(database.url)
  await addUsualPolls(scene)
  await keepAll(scene)
  const newer = { ...computedWith, zoneDataVersion: '2027a' }
  const before = await scene.fromKept(allWeeks, newer)
  expect(before).toEqual({ result: await scene.fromPolls(allWeeks), found: undefined })
  await beginKeeping(scene.db, newer)
  await beginKeeping(scene.db, newer)
  expect(await scene.db.selectFrom('kept_totals').selectAll().execute()).toEqual([])
  expect(await countJudged(scene, newer)).toBeGreaterThan(0)
})

test('rows that are damaged are judged again', async () => {
  await using database = await testDatabase()
  await using scene = await sceneOn(database.url)
  await addUsualPolls(scene)
  await keepAll(scene)
  await scene.db
    .updateTable('kept_totals')
    .set({ totals: Buffer.alloc(260, 1) })
    .where('store_key', '=', 2)
    .execute()
  expect((await scene.fromKept(allWeeks))!.result).toEqual(await scene.fromPolls(allWeeks))
  expect(await countJudged(scene)).toBe(ROWS)
})

test.runIf(databaseType === 'postgres')('nobody waits for a change of the data to keep weeks', async () => {
  await using database = await testDatabase()
  await using scene = await sceneOn(database.url)
  await addUsualPolls(scene)
  const { found } = (await scene.fromKept(allWeeks))!
  await using other: Db = await connect(database.url)
  await writeAlone(other, 'data', async (tx) => {
    await keepWeeks(scene.db, computedWith, found!)
    await forgetWeeks(tx, 'all', 'always')
  })
  expect(await scene.db.selectFrom('kept_totals').selectAll().execute()).toEqual([])
})
