import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addPolls } from '../../server/database/add-polls.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { createCorrection, revokeCorrection } from '../../server/database/correction-records.ts'
import { deletePolls } from '../../server/database/deleted-polls.ts'
import { createSchedules } from '../../server/database/judged-schedules.ts'
import { latestPollAt } from '../../server/database/poll-week-summary.ts'
import { setBusinessHours, setSpecialHours, setTimezone } from '../../server/database/store-changes.ts'
import { deleteStore, whatStoreHas } from '../../server/database/store-deletions.ts'
import { readFactsOfStores } from '../../server/database/store-facts.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { foldChunk, foldTail } from '../../server/database/tail/fold-tail.ts'
import { createLatestPolls } from '../../server/database/tail/latest-polls.ts'
import { joinTail, splitInSlices, splitTail } from '../../server/database/tail/split-tail.ts'
import { tidyTail } from '../../server/database/tail/tidy-tail.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { createLiveStates, type LiveStates } from '../../server/live/live-states.ts'
import { createOpenHours } from '../../server/reports/open-hours.ts'
import { pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import { stateAtEnd } from '../../server/uptime/state.ts'
import { createJudge, relevantTime } from '../../server/uptime/store-uptime.ts'
import { AppError } from '../../shared/app-error.ts'
import type { CorrectionId } from '../../shared/correction.ts'
import { correctionKinds } from '../../shared/correction-kind.ts'
import { storeId, type StoreId } from '../../shared/ids.ts'
import { longestWindowMs } from '../../shared/report-columns.ts'
import { downStoresInput, type DownStores } from '../../shared/store-now.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { runsOnDatabase, testDatabase } from '../support/test-database.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MOST_STORES = 6
const ids = Array.from({ length: MOST_STORES }, (_, i) => storeId.parse(`s${i + 1}`))
/** Around where a week ends, and clocks change in New York. */
const start = Date.UTC(2024, 2, 6, 12)

/** By what reports are made with. */
async function statesOf(db: Db, reachMs: number): Promise<Omit<DownStores, 'nextCursor'>> {
  const asOfMs = (await latestPollAt(db))!
  const viewpoint = { asOfMs, reachMs, interpolation: 'nearest' } as const
  const time = relevantTime(viewpoint, longestWindowMs)
  const rows = await db.selectFrom('store').select('store_id').orderBy('store_id').execute()
  const schedules = createSchedules()
  const storeIds = rows.map(({ store_id }) => store_id)
  const facts = await readFactsOfStores(db, storeIds, { time, schedules, corrections: 'applied' })
  const hours = createOpenHours(time)
  const judge = createJudge(viewpoint, [])
  const counts = { up: 0, down: 0, unknown: 0, excused: 0, closed: 0 }
  const items: DownStores['items'] = []
  for (const [place, store] of facts.stores.entries()) {
    const open = hours.of(store, schedules.of(store))
    const weeks = facts.pollsAt(place)
    const corrections = facts.correctionsAt(place)
    judge(open, weeks, corrections)
    const found = judge.found(open, corrections)
    const { status, outage, lastPollMs } = stateAtEnd(
      { open, weeks, viewpoint, corrections },
      found,
      longestWindowMs,
    )
    counts[status]++
    if (outage === undefined) continue
    const zones = schedules.of(store).zones
    items.push({
      storeId: store.storeId,
      name: null,
      timezone:
        (zones.findLast(({ validFromMs }) => validFromMs < asOfMs) ?? zones[0])?.rule ?? 'America/Chicago',
      since: formatTimestamp(outage.startMs),
      sinceIsCut: outage.isCut,
      downForMs: outage.downtimeMs,
      lastPoll: formatTimestamp(lastPollMs!),
    })
  }
  return { asOf: formatTimestamp(asOfMs), counts, items }
}

type Told = Omit<DownStores, 'nextCursor'> | 'there are no polls'

async function reported(db: Db, reachMs: number): Promise<Told> {
  return (await latestPollAt(db)) === undefined ? 'there are no polls' : statesOf(db, reachMs)
}

async function told(live: LiveStates): Promise<Told> {
  try {
    const { items, nextCursor: _, ...rest } = await live.down(downStoresInput.parse({}))
    return { ...rest, items: items.toSorted((a, b) => (a.storeId < b.storeId ? -1 : 1)) }
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return 'there are no polls'
    throw error
  }
}

async function expectAsReported(db: Db, live: LiveStates, reachMs: number): Promise<void> {
  expect(await told(live)).toEqual(await reported(db, reachMs))
}

const someStore = fc.constantFrom(...ids)
/** Minutes after the start of the data. */
const someMinute = fc.integer({ min: 0, max: 16 * 24 * 60 })
const somePoll = fc.record({ storeId: someStore, minute: someMinute, isUp: fc.boolean() })
const hour = (h: number) => `${String(h).padStart(2, '0')}:00:00`
const someSpan = fc
  .record({ start: fc.integer({ min: 0, max: 23 }), end: fc.integer({ min: 0, max: 24 }) })
  .map(({ start: from, end }) => ({ start: hour(from), end: hour(end) }))

/** After the latest poll, or, of one that is late, before it. */
const someDelay = fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: -900, max: 0 }))

const operation = fc.oneof(
  // Later and later, as polls come.
  {
    weight: 8,
    arbitrary: fc.record({
      next: fc.array(fc.record({ storeId: someStore, afterMinutes: someDelay, isUp: fc.boolean() }), {
        minLength: 1,
        maxLength: 10,
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ add: fc.array(somePoll, { minLength: 1, maxLength: 6 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      dense: someStore,
      minute: someMinute,
      stepMinutes: fc.integer({ min: 1, max: 200 }),
      isUp: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ remove: someStore, from: someMinute, until: someMinute }) },
  {
    weight: 2,
    arbitrary: fc.record({
      correct: someStore,
      kind: fc.constantFrom(...correctionKinds),
      afterMinutes: fc.integer({ min: -3000, max: 1000 }),
      minutes: fc.integer({ min: 1, max: 3000 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ revoke: true } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      hours: someStore,
      spans: fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), someSpan), { maxLength: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      zone: someStore,
      timezone: fc.constantFrom('America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      special: someStore,
      day: fc.integer({ min: 0, max: 16 }),
      spans: fc.array(someSpan, { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ deleteStore: someStore }) },
  {
    weight: 2,
    arbitrary: fc.record({ tail: fc.constantFrom('split', 'slice', 'join', 'fold', 'fold alone', 'tidy') }),
  },
)
type Operation = typeof operation extends fc.Arbitrary<infer One> ? One : never

interface Poll {
  readonly storeId: StoreId
  readonly atMs: number
  readonly isUp: boolean
}

async function apply(db: Db, step: Operation): Promise<void> {
  const at = Date.UTC(2026, 0, 1)
  const made = { by: null, reason: null }
  const msOf = (minute: number) => start + minute * 60_000
  const add = (polls: readonly Poll[]) => addTo(db, polls)
  if ('next' in step) {
    const latest = (await latestPollAt(db)) ?? start
    return add(
      step.next.map(({ afterMinutes, ...poll }) => ({ ...poll, atMs: latest + afterMinutes * 60_000 })),
    )
  }
  if ('add' in step) return add(step.add.map(({ minute, ...poll }) => ({ ...poll, atMs: msOf(minute) })))
  if ('dense' in step) {
    const { dense, minute, stepMinutes, isUp } = step
    return add(
      Array.from({ length: 30 }, (_, i) => ({ storeId: dense, atMs: msOf(minute + i * stepMinutes), isUp })),
    )
  }
  if ('tail' in step) {
    if (step.tail === 'tidy') return tidyTail(db, at)
    for (const week of [0, 1, 2, 3].map((i) => pollWeekOf(start) + i)) {
      if (step.tail === 'join') await joinTail(db, week, 4)
      else if (step.tail === 'slice') for await (const _ of splitInSlices(db, week, 1)) continue
      else {
        await writeAlone(db, 'data', async (tx) => {
          if (step.tail === 'split') await splitTail(tx, week)
          else if (step.tail === 'fold') await foldTail(tx, week, [0])
          else await foldChunk(tx, { week, chunk: 0 })
        })
      }
    }
    return
  }
  await writeAlone(db, 'data', async (tx) => {
    if ('remove' in step) {
      const keys = await tx
        .selectFrom('store')
        .select('store_key')
        .where('store_id', '=', step.remove)
        .execute()
      const storeKeys = keys.map(({ store_key }) => store_key)
      if (storeKeys.length === 0) return
      await deletePolls(tx, storeKeys, { startMs: msOf(step.from), endMs: msOf(step.until) })
    } else if ('correct' in step) {
      await keysOfStores(tx, [step.correct])
      const { correct, kind, afterMinutes, minutes } = step
      const fromMs = ((await latestPollAt(tx)) ?? start) + afterMinutes * 60_000
      const times = { fromMs, toMs: fromMs + minutes * 60_000 }
      await createCorrection(tx, { storeId: correct, ...times, kind, reason: 'x', author: null }, at)
    } else if ('revoke' in step) {
      const row = await tx
        .selectFrom('correction')
        .select('correction_id')
        .where('revoked_at', 'is', null)
        .limit(1)
        .executeTakeFirst()
      if (row) await revokeCorrection(tx, row.correction_id as CorrectionId, { ...made, at })
    } else if ('hours' in step) {
      const spans = step.spans.map(([day, span]) => ({ day, ...span }))
      await setBusinessHours(tx, { storeId: step.hours, spans, validFrom: null, ...made }, at)
    } else if ('zone' in step) {
      await setTimezone(tx, { storeId: step.zone, timezone: step.timezone, validFrom: null, ...made }, at)
    } else if ('special' in step) {
      const date = new Date(start + step.day * DAY_MS).toISOString().slice(0, 10)
      await setSpecialHours(tx, { storeId: step.special, days: [{ date, spans: step.spans }], ...made }, at)
    } else {
      await keysOfStores(tx, [step.deleteStore])
      const { polls } = await whatStoreHas(tx, { storeId: step.deleteStore, by: null, reason: 'x' })
      await deleteStore(tx, { storeId: step.deleteStore, by: null, reason: 'x', confirm: polls }, at)
    }
  })
}

const latestPolls = createLatestPolls()

async function addTo(db: Db, polls: readonly Poll[]): Promise<void> {
  const last = new Map(polls.map((poll) => [`${poll.storeId} ${poll.atMs}`, poll]))
  await writeAlone(db, 'data', async (tx) => {
    const known = [...new Set(polls.map((poll) => poll.storeId))].sort()
    const keys = await keysOfStores(tx, known)
    const keyed = [...last.values()]
      .map(({ atMs, isUp, storeId: id }) => ({ atMs, isUp, storeKey: keys[known.indexOf(id)]! }))
      .sort((a, b) => a.storeKey - b.storeKey || a.atMs - b.atMs)
    const groups = Map.groupBy(keyed, ({ storeKey, atMs }) => `${pollWeekOf(atMs)} ${storeKey}`)
    const weeks = [...groups.values()].map((ofWeek) => ({
      week: pollWeekOf(ofWeek[0]!.atMs),
      storeKey: ofWeek[0]!.storeKey,
      words: Uint32Array.from(ofWeek, ({ atMs, isUp }) => pollWord(atMs, isUp)),
    }))
    weeks.sort((a, b) => a.week - b.week || a.storeKey - b.storeKey)
    latestPolls.forget()
    await addPolls(tx, weeks, latestPolls)
  })
}

test('what stores are is what a report says, whatever changed of their polls, rules and corrections', async () => {
  const scenario = fc.record({
    steps: fc.array(fc.record({ does: operation, looks: fc.boolean() }), {
      minLength: 1,
      maxLength: 40,
      size: 'max',
    }),
    reachMs: fc.constantFrom(DAY_MS, HOUR_MS, 6 * HOUR_MS, 7 * DAY_MS),
  })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ steps, reachMs }) => {
      await using database = await testDatabase()
      await using db = await connect(database.url)
      await using reading = await connect(database.url, { readOnly: true })
      const [attentive, lazy] = [
        createLiveStates(reading, { reachMs }),
        createLiveStates(reading, { reachMs }),
      ]
      for (const { does, looks } of steps) {
        await apply(db, does)
        await expectAsReported(db, attentive, reachMs)
        if (looks) await expectAsReported(db, lazy, reachMs)
      }
      await expectAsReported(db, lazy, reachMs)
      await expectAsReported(db, createLiveStates(reading, { reachMs }), reachMs)
    }),
    { numRuns: runsOnDatabase(60) },
  )
}, 120_000)
