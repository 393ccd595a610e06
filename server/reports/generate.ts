import { AppError } from '../../shared/app-error.ts'
import { reportWindows, WEEK_MS } from '../../shared/report.ts'
import { defaultTimezone, type WeeklySpan } from '../../shared/store.ts'
import type { Db } from '../database/connect.ts'
import {
  readBusinessHours,
  readPartPolls,
  readStoreRules,
  type StoreRules,
} from '../database/report-input.ts'
import type { PartPlan, PartResult } from '../database/report-parts.ts'
import { openIntervals, type WeeklyHours } from '../uptime/business-hours.ts'
import type { Interval, Intervals } from '../uptime/interval.ts'
import { bytesOfWords, wordsOfBytes, type PollWeek } from '../uptime/poll-week.ts'
import { createJudge, pollWeeksOf, relevantTime, type Viewpoint } from '../uptime/store-uptime.ts'
import { zoneOffsets, type ZoneOffsets } from '../uptime/zone-offsets.ts'
import { csvLines } from './csv.ts'
import { createTotals, putTotals } from './totals.ts'

const windowLengthsMs = reportWindows.map((window) => window.lengthMs)
/** Business hours of a date reach two days further; a day more for the zone's own offset. */
const ZONE_MARGIN_MS = 3 * 86_400_000
const WORD_BYTES = 4

/**
 * Judges parts of reports from the database, which should be read-only, as a transaction is begun for each part.
 * Keeps what several parts and reports have in common. */
export function createGenerator(db: Db): (part: PartPlan, viewpoint: Viewpoint) => Promise<PartResult> {
  const rules = createBusinessHours()
  let hours = createOpenHours({ asOfMs: NaN, reachMs: NaN, interpolation: 'nearest' })

  return async (part, viewpoint) => {
    if (!hours.isFor(viewpoint)) hours = createOpenHours(viewpoint)
    const judge = createJudge(viewpoint, windowLengthsMs)
    // One transaction, so that an import that commits meanwhile is seen whole or not at all.
    const { stores, weeksOfStores } = await db.transaction().execute(async (tx) => {
      const stores = await readStoreRules(tx, part)
      await rules.load(tx, stores)
      return { stores, weeksOfStores: await readPollWeeks(tx, part, viewpoint, stores.length) }
    })

    const totals = createTotals(stores.length)
    stores.forEach((store, i) => {
      const open = hours.of(store, rules.of(store))
      putTotals(totals, i, store.storeKey, judge(open, weeksOfStores[i]!))
    })
    const storeIds = stores.map((store) => store.storeId)
    return {
      storeCount: stores.length,
      totals: bytesOfWords(totals),
      csv: Buffer.from(csvLines(totals, storeIds, 'default')),
    }
  }
}

/** The weekly rules by key, read once: a rule never changes once it has a key. */
function createBusinessHours(): {
  load(db: Db, stores: readonly StoreRules[]): Promise<void>
  of(store: StoreRules): readonly WeeklyHours[] | null
} {
  const known = new Map<number, readonly WeeklyHours[]>()
  let lastKey = 0
  return {
    async load(db, stores) {
      const wanted = stores.reduce((most, store) => Math.max(most, store.businessHoursKey ?? 0), 0)
      if (wanted <= lastKey) return
      for (const { businessHoursKey, spans } of await readBusinessHours(db, lastKey)) {
        known.set(businessHoursKey, (JSON.parse(spans) as WeeklySpan[]).map(weeklyHours))
        lastKey = businessHoursKey
      }
    },
    of: (store) => (store.businessHoursKey === null ? null : known.get(store.businessHoursKey)!),
  }
}

function weeklyHours({ day, start, end }: WeeklySpan): WeeklyHours {
  return { day, startMs: timeOfDayMs(start), endMs: timeOfDayMs(end) }
}

function timeOfDayMs(text: string): number {
  const [hours, minutes, seconds] = text.split(':').map(Number)
  return ((hours! * 60 + minutes!) * 60 + seconds!) * 1000
}

/** The open intervals that a viewpoint needs, computed once for all stores of the same rule and zone. */
function createOpenHours(viewpoint: Viewpoint): {
  isFor(other: Viewpoint): boolean
  of(store: StoreRules, hours: readonly WeeklyHours[] | null): Intervals
} {
  const time = relevantTime(viewpoint, WEEK_MS)
  const zones = new Map<string, { offsets: ZoneOffsets; open: Map<number | null, Intervals> }>()
  return {
    isFor: (other) => other.asOfMs === viewpoint.asOfMs && other.reachMs === viewpoint.reachMs,
    of(store, hours) {
      const timezone = store.timezone ?? defaultTimezone
      let zone = zones.get(timezone)
      if (!zone) {
        const offsets = offsetsOf(timezone, time, store)
        zones.set(timezone, (zone = { offsets, open: new Map() }))
      }
      let open = zone.open.get(store.businessHoursKey)
      if (!open) zone.open.set(store.businessHoursKey, (open = openIntervals(hours, zone.offsets, time)))
      return open
    },
  }
}

function offsetsOf(timezone: string, time: Interval, { storeId }: StoreRules): ZoneOffsets {
  try {
    return zoneOffsets(timezone, time.startMs - ZONE_MARGIN_MS, time.endMs + ZONE_MARGIN_MS)
  } catch (error) {
    throw new AppError(
      'conflict',
      `store ${storeId} has the timezone "${timezone}", which this version of Node.js does not know: import another for it`,
      { cause: error },
    )
  }
}

/** The polls of each of a part's stores, in their order, week by week. */
async function readPollWeeks(
  db: Db,
  part: PartPlan,
  viewpoint: Viewpoint,
  storeCount: number,
): Promise<PollWeek[][]> {
  const weeksOfStores = Array.from({ length: storeCount }, (): PollWeek[] => [])
  for (const week of pollWeeksOf(relevantTime(viewpoint, WEEK_MS))) {
    const { lengths, polls } = await readPartPolls(db, part, week)
    const words = wordsOfBytes(polls)
    let from = 0
    for (const [store, byteCount] of lengths.entries()) {
      const to = from + byteCount / WORD_BYTES
      if (from < to) weeksOfStores[store]!.push({ week, words: words.subarray(from, to) })
      from = to
    }
  }
  return weeksOfStores
}
