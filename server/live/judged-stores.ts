import { readCorrections } from '../database/corrections.ts'
import type { Db } from '../database/connect.ts'
import type { Schedules } from '../database/judged-schedules.ts'
import type { StoreRules } from '../database/report-input.ts'
import { readPollsAt } from '../database/store-facts.ts'
import { correctionsOf, type Corrections } from '../uptime/corrections.ts'
import { isWithin, type Interval } from '../uptime/interval.ts'
import { offsetOf, isActive, POLL_WEEK_MS, type PollWeek } from '../uptime/poll-week.ts'
import { outageAtEnd } from '../uptime/state.ts'
import { createJudge, relevantTime } from '../uptime/store-uptime.ts'
import type { Hours } from './hours.ts'
import * as is from './store-table.ts'
import type { StoreTable } from './store-table.ts'

/** What a store with corrections is judged by, and when it is to be judged again without a poll. */
export interface Corrected {
  readonly corrections: Corrections
  readonly untilMs: number
}

export interface Judged {
  readonly table: StoreTable
  readonly hours: Hours
  readonly schedules: Schedules
  /** By store key. */
  readonly corrected: Map<number, Corrected>
  readonly reachMs: number
  /** How far back an outage is looked for. */
  readonly lookBackMs: number
}

/** Which stores: all with keys from the first to the last, or those with some keys, in ascending order. */
export type WhichStores = { readonly first: number; readonly last: number } | readonly number[]

/** Finds out anew what stores are, from all that is known of them. */
export async function judgeStores(db: Db, which: WhichStores, asOfMs: number, judged: Judged): Promise<void> {
  const { table, hours, schedules, corrected, reachMs, lookBackMs } = judged
  const viewpoint = { asOfMs, reachMs, interpolation: 'nearest' } as const
  const time = relevantTime(viewpoint, lookBackMs)
  const { stores, pollsAt, correctionsAt } = await readFacts(db, which, time, schedules)
  forget(judged, which)
  const judge = createJudge(viewpoint, [])
  for (const [place, store] of stores.entries()) {
    const { storeKey } = store
    const schedule = hours.placeOf(store)
    const open = hours.knownOf(schedule)
    const weeks = pollsAt(place)
    const corrections = correctionsAt(storeKey)
    judge(open, weeks, corrections)
    const { stretches } = judge.found(open, corrections)
    let flags = is.EXISTS
    const last = lastPoll(weeks, asOfMs)
    if (last !== undefined) flags |= last.active ? is.POLLED | is.LAST_ACTIVE : is.POLLED
    const lastStretch = stretches.count - 1
    if (lastStretch >= 0)
      flags |= stretches.active[lastStretch] === 1 ? is.SPEAKS | is.SPEAKS_ACTIVE : is.SPEAKS
    if (corrections !== undefined) {
      flags |= is.CORRECTED | flagsOf(corrections, asOfMs - 1)
      corrected.set(storeKey, { corrections, untilMs: nextChange(corrections, asOfMs - 1) })
    }
    table.reach(storeKey)
    table.flags[storeKey] = flags
    table.schedule[storeKey] = schedule
    table.lastMs[storeKey] = last?.atMs ?? 0
    const spokenForMs = lastStretch < 0 ? 0 : stretches.endMs[lastStretch]!
    table.speaksMs[storeKey] = Math.max(0, spokenForMs - reachMs)
    const isDown = lastStretch >= 0 && stretches.active[lastStretch] === 0
    // Where nothing speaks for it any more, the next poll may prolong it.
    const upTo = { ...viewpoint, asOfMs: Math.min(asOfMs, spokenForMs) }
    const input = { open, weeks, viewpoint: upTo, corrections }
    table.startMs[storeKey] = isDown ? outageAtEnd(input, stretches, lookBackMs).startMs : 0
  }
}

/** Of one state of the database. */
async function readFacts(db: Db, which: WhichStores, time: Interval, schedules: Schedules) {
  return db.transaction().execute(async (tx) => {
    const stores: StoreRules[] = await tx
      .selectFrom('store')
      .select(['store_key as storeKey', 'store_id as storeId', 'schedule_key as scheduleKey'])
      .where((eb) =>
        'first' in which ? eb.between('store_key', which.first, which.last) : eb('store_key', 'in', which),
      )
      .orderBy('store_key')
      .execute()
    await schedules.load(tx, stores)
    const storeKeys = stores.map(({ storeKey }) => storeKey)
    // Also what begins later: it will count without being told of again.
    const anyLater = { startMs: time.startMs, endMs: Number.MAX_SAFE_INTEGER }
    const corrections = await readCorrections(tx, storeKeys, anyLater)
    return {
      stores,
      pollsAt: await readPollsAt(tx, stores, time),
      correctionsAt: (storeKey: number) => correctionsOf(corrections.get(storeKey) ?? []),
    }
  })
}

function forget({ table, corrected }: Judged, which: WhichStores): void {
  const drop = (storeKey: number) => {
    if (storeKey >= table.size) return
    if ((table.flags[storeKey]! & is.CORRECTED) !== 0) corrected.delete(storeKey)
    table.flags[storeKey] = 0
  }
  if (!('first' in which)) which.forEach(drop)
  else for (let key = which.first; key <= Math.min(which.last, table.size - 1); key++) drop(key)
}

function lastPoll(
  weeks: readonly PollWeek[],
  asOfMs: number,
): { readonly atMs: number; readonly active: boolean } | undefined {
  for (const { week, words, from, to } of weeks.toReversed()) {
    for (let i = to - 1; i >= from; i--) {
      const atMs = week * POLL_WEEK_MS + offsetOf(words[i]!)
      if (atMs <= asOfMs) return { atMs, active: isActive(words[i]!) }
    }
  }
  return undefined
}

function flagsOf({ closed, excused }: Corrections, atMs: number): number {
  if (isWithin(closed, atMs)) return is.CLOSED_NOW
  return isWithin(excused, atMs) ? is.EXCUSED_NOW : 0
}

/** The first instant after one at which a correction begins or ends. */
function nextChange({ closed, excused, silent }: Corrections, atMs: number): number {
  return [closed, excused, silent].reduce(
    (next, intervals) => Math.min(next, intervals.find((edge) => edge > atMs) ?? Infinity),
    Infinity,
  )
}
