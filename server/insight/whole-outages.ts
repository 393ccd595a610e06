import type { StoreId } from '../../shared/ids.ts'
import type { Db } from '../database/connect.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { firstPollWeek } from '../database/poll-week-summary.ts'
import { readFactsOfStores } from '../database/store-facts.ts'
import { createOpenHours } from '../reports/open-hours.ts'
import type { Interval, Intervals } from '../uptime/interval.ts'
import { findOutages, type FoundOutages, type Outage } from '../uptime/outages.ts'
import { POLL_WEEK_MS, pollWeekOf } from '../uptime/poll-week.ts'
import { knownTime, pollWeeksOf } from '../uptime/store-uptime.ts'
import { readJudgedStore, type Judging } from './judged-store.ts'

const DAY_MS = 86_400_000
/** How much of the data is read at once: so many weeks of polls, and so many stores. */
const MOST_POLL_WEEKS = 4096
const MOST_STORES = 256

export type IsCutOff = FoundOutages['isCutOff']

/** A store with outages on what is asked for of which some are cut off by the window that they were looked for in. */
export interface CutOffStore {
  readonly storeId: StoreId
  readonly askedFor: Intervals
  readonly isCutOff: IsCutOff
}

/** The outages of a store with down time in `askedFor`, whole. */
export async function wholeOutages(
  db: Db,
  storeId: StoreId,
  judging: Judging,
  askedFor: Intervals,
): Promise<readonly Outage[]> {
  const [startMs, endMs] = [askedFor[0], askedFor.at(-1)]
  if (startMs === undefined || endMs === undefined) return []
  const window = windowAround({ startMs, endMs }, judging)
  const { input } = await readJudgedStore(db, storeId, timeAround(window, judging), judging)
  const { outages, isCutOff } = findOutages(input, window, askedFor)
  if (isWhole(isCutOff)) return outages
  const furtherOn = await outagesFurtherOn(db, judging, window, [{ storeId, askedFor, isCutOff }])
  return furtherOn.get(storeId) ?? outages
}

/**
 * Looks further and further around a window, as far as there are polls, until the outages of all stores are whole. Those of
 * stores that have none further on are left out.
 */
export async function outagesFurtherOn(
  db: Db,
  judging: Judging,
  firstWindow: Interval,
  stores: readonly CutOffStore[],
): Promise<Map<StoreId, readonly Outage[]>> {
  const whole = new Map<StoreId, readonly Outage[]>()
  if (stores.length === 0) return whole
  const earliestMs = ((await firstPollWeek(db)) ?? 0) * POLL_WEEK_MS - judging.reachMs
  let left = stores
  let window = firstWindow
  for (let furtherMs = 4 * POLL_WEEK_MS; ; furtherMs *= 4) {
    const isBefore = window.startMs > earliestMs && left.some(({ isCutOff }) => isCutOff.before)
    const isAfter = left.some(({ isCutOff }) => isCutOff.after)
    left = left.filter(({ isCutOff }) => (isBefore && isCutOff.before) || isCutOff.after)
    if (left.length === 0) return whole
    window = {
      startMs: isBefore ? Math.max(earliestMs, window.startMs - furtherMs) : window.startMs,
      endMs: isAfter ? window.endMs + furtherMs : window.endMs,
    }
    const stillCutOff: CutOffStore[] = []
    for await (const { store, found } of outagesIn(db, judging, window, left)) {
      whole.set(store.storeId, found.outages)
      if (!isWhole(found.isCutOff)) stillCutOff.push({ ...store, isCutOff: found.isCutOff })
    }
    left = stillCutOff
  }
}

async function* outagesIn(
  db: Db,
  judging: Judging,
  window: Interval,
  stores: readonly CutOffStore[],
): AsyncGenerator<{ readonly store: CutOffStore; readonly found: FoundOutages }> {
  const time = timeAround(window, judging)
  const most = storesAtOnce(time)
  const schedules = createSchedules()
  const hours = createOpenHours(time)
  const wanted = { time, schedules, corrections: judging.corrections }
  for (let i = 0; i < stores.length; i += most) {
    const some = stores.slice(i, i + most)
    const ids = some.map(({ storeId }) => storeId)
    const facts = await readFactsOfStores(db, ids, wanted)
    for (const [place, store] of some.entries()) {
      const rules = facts.stores[place]!
      const input = {
        open: hours.of(rules, schedules.of(rules)),
        weeks: facts.pollsAt(place),
        viewpoint: judging,
        corrections: facts.correctionsAt(place),
      }
      yield { store, found: findOutages(input, window, store.askedFor) }
    }
  }
}

/** Of how many stores the facts of some time are read at once. */
export function storesAtOnce(time: Interval): number {
  return Math.max(8, Math.min(MOST_STORES, Math.floor(MOST_POLL_WEEKS / pollWeeksOf(time).length)))
}

export function isWhole({ before, after }: IsCutOff): boolean {
  return !before && !after
}

/** A window that holds `time` and most outages that reach into it: as much as whole weeks of polls tell of. */
export function windowAround({ startMs, endMs }: Interval, { reachMs, asOfMs }: Judging): Interval {
  const firstWeek = pollWeekOf(startMs - 2 * reachMs - DAY_MS)
  const lastWeek = pollWeekOf(endMs + 2 * reachMs + DAY_MS)
  const window = {
    startMs: firstWeek * POLL_WEEK_MS + 2 * reachMs,
    endMs: (lastWeek + 1) * POLL_WEEK_MS - 2 * reachMs,
  }
  return { startMs: window.startMs, endMs: Math.max(window.startMs, Math.min(window.endMs, asOfMs)) }
}

/** What has to be known to tell the outages of a window. */
export function timeAround({ startMs, endMs }: Interval, { reachMs, asOfMs }: Judging): Interval {
  return knownTime({ startMs: startMs - 2 * reachMs, endMs: endMs + 2 * reachMs }, asOfMs)
}
