/** Random changes of a few stores, around where a week ends and clocks change. */
import fc from 'fast-check'
import { addPolls } from '../../server/database/add-polls.ts'
import type { Db } from '../../server/database/connect.ts'
import { createCorrection, revokeCorrection } from '../../server/database/correction-records.ts'
import { deletePolls } from '../../server/database/deleted-polls.ts'
import { latestPollAt } from '../../server/database/poll-week-summary.ts'
import { setBusinessHours, setSpecialHours, setTimezone } from '../../server/database/store-changes.ts'
import { deleteStore, whatStoreHas } from '../../server/database/store-deletions.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { foldChunk, foldTail } from '../../server/database/tail/fold-tail.ts'
import { createLatestPolls } from '../../server/database/tail/latest-polls.ts'
import { joinTail, splitInSlices, splitTail } from '../../server/database/tail/split-tail.ts'
import { tidyTail } from '../../server/database/tail/tidy-tail.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import { correctionKinds } from '../../shared/correction-kind.ts'
import type { CorrectionId } from '../../shared/correction.ts'
import { storeId, type StoreId } from '../../shared/ids.ts'

const DAY_MS = 86_400_000
const MOST_STORES = 6
export const ids = Array.from({ length: MOST_STORES }, (_, i) => storeId.parse(`s${i + 1}`))
/** Around where a week ends, and clocks change in New York. */
const start = Date.UTC(2024, 2, 6, 12)

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

/** What may become of a database: of polls, rules, corrections and stores. */
export const someChange = fc.oneof(
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
export type SomeChange = typeof someChange extends fc.Arbitrary<infer One> ? One : never

export interface AddedPoll {
  readonly storeId: StoreId
  readonly atMs: number
  readonly isUp: boolean
}

export async function applyChange(db: Db, step: SomeChange): Promise<void> {
  const at = Date.UTC(2026, 0, 1)
  const made = { by: null, reason: null }
  const msOf = (minute: number) => start + minute * 60_000
  const add = (polls: readonly AddedPoll[]) => addTo(db, polls)
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

/** In one transaction. */
export async function addTo(db: Db, polls: readonly AddedPoll[]): Promise<void> {
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
