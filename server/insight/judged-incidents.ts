import { setImmediate } from 'node:timers/promises'
import type { AlertRules } from '../../shared/alert-rules.ts'
import { parseDuration } from '../../shared/duration.ts'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Db } from '../database/connect.ts'
import { readLabelValues } from '../database/labelled.ts'
import { readFactsByKey, readPartFacts, type PartFacts } from '../database/store-facts.ts'
import { createFeedJudge, type FeedJudge, type FoundInMany } from '../incidents/feed-judge.ts'
import { gridOf } from '../incidents/grid.ts'
import type { Incident } from '../incidents/incident.ts'
import { localDays, type LocalDay } from '../incidents/judged-days.ts'
import { leastGapMs, lookAheadMs, lookBackMs } from '../incidents/reach-of-rules.ts'
import type { FoundOfStore } from '../incidents/mutes.ts'
import { rulesInForce } from '../incidents/rules-in-force.ts'
import { createHistories } from '../incidents/store-history.ts'
import { createStoreJudge } from '../incidents/store-judge.ts'
import type { Interval } from '../uptime/interval.ts'
import { lastPollMs } from '../uptime/poll-week.ts'
import { pollWeeksOf } from '../uptime/store-uptime.ts'
import type { ZoneInForce } from '../uptime/schedule.ts'
import { partsAfter } from './outages.ts'
import { createStoreHours, type HoursIn } from './store-hours.ts'

const DAY_MS = 86_400_000
/** How much of the data is read at once. */
const MOST_POLL_WEEKS = 8192

/** What incidents are found of, and in. */
export interface IncidentJudging {
  readonly rules: AlertRules
  readonly dataTimeMs: number
  /** Before that there are no polls. */
  readonly earliestMs: number
}

export interface IncidentsOfStore extends FoundOfStore {
  readonly storeKey: number
  readonly storeId: StoreId
}

/** Which stores somebody wants: what was found in others is not kept. */
export type IsWanted = (store: IncidentsOfStore) => boolean

/** Judges stores by the polls since an instant. */
export interface IncidentJudge {
  /** All stores, or those in groups, in ascending order of id, some at a time; of them those that are wanted. */
  stores(
    after: StoreId | undefined,
    labels?: readonly StoreLabel[],
    isWanted?: IsWanted,
  ): AsyncGenerator<readonly IncidentsOfStore[]>
  /** Those of some that are there, each by itself. */
  some(storeKeys: readonly number[]): AsyncGenerator<readonly IncidentsOfStore[]>
  /** What was found in `stores` together. */
  ofMany(nowMs: number): FoundInMany[]
  /** Of that the feeds that are late. */
  late(nowMs: number): FoundInMany[]
}

export function createIncidentJudge(
  db: Db,
  judging: IncidentJudging,
  sinceMs: number,
  hoursIn: HoursIn = createStoreHours,
): IncidentJudge {
  const { rules, dataTimeMs, earliestMs } = judging
  const reachMs = parseDuration(rules.reach)
  const isWhole = sinceMs <= earliestMs
  const fromMs = isWhole ? -Infinity : sinceMs
  const time: Interval = {
    startMs: isWhole ? earliestMs - lookBackMs(rules) : sinceMs,
    endMs: dataTimeMs + lookAheadMs(rules),
  }
  const hours = hoursIn(time)
  const historyOf = createHistories({
    fromMs,
    dataTimeMs,
    interpolation: rules.interpolation,
    reachMs,
    leastGapMs: leastGapMs(rules),
  })
  const judge = createStoreJudge(rules)
  const inForce = rulesInForce(rules)
  const grid = gridOf(parseDuration(rules.grid), Math.max(earliestMs, gridFrom(rules, time)), dataTimeMs)
  const feeds = createFeedJudge(rules, { grid, dataTimeMs, isWhole })
  const daysOf = createDays(time)
  const wanted = { time, schedules: hours, corrections: 'applied' } as const

  async function judged(
    facts: PartFacts,
    add?: FeedJudge['add'],
    isWanted?: IsWanted,
  ): Promise<readonly IncidentsOfStore[]> {
    const groupsOf = await groupsReader(db, facts, inForce.labels)
    const wantedOnes: IncidentsOfStore[] = []
    for (const [place, store] of facts.stores.entries()) {
      const { storeKey, storeId } = store
      const { clock, zones } = hours.of(store)
      const weeks = facts.pollsAt(place)
      const history = historyOf({ clock, weeks, corrections: facts.correctionsAt(place) })
      const groups = groupsOf(storeKey)
      const ofStore = inForce.of(storeId, groups)
      const found = judge(ofStore, history, () => daysOf(zones))
      add?.({ rules: ofStore, groups, history, latestPollMs: lastPollMs(weeks, dataTimeMs) })
      const judgedStore = { storeKey, storeId, groups, rules: ofStore, found }
      if (isWanted?.(judgedStore) !== false) wantedOnes.push(judgedStore)
    }
    await setImmediate()
    return wantedOnes
  }

  const most = historiesAtOnce(time)
  return {
    async *stores(after, labels = [], isWanted) {
      for await (const part of partsAfter(db, after, { storesAtOnce: most, labels })) {
        yield await judged(await readPartFacts(db, part, wanted), feeds.add, isWanted)
      }
    },
    async *some(storeKeys) {
      for (let i = 0; i < storeKeys.length; i += most) {
        yield await judged(await readFactsByKey(db, storeKeys.slice(i, i + most), wanted))
      }
    },
    // Who keeps these keeps nothing else of a look.
    ofMany: feeds.found,
    late: feeds.late,
  }
}

/** From when on it is known whether stores have been polled of late. */
function gridFrom({ rules }: AlertRules, { startMs }: Interval): number {
  const knownMs = rules.map((rule) => {
    if (!rule.enabled) return 0
    if (rule.condition === 'blind') return Math.max(parseDuration(rule.seen), parseDuration(rule.within))
    return rule.condition === 'group-share' ? parseDuration(rule.within) : 0
  })
  return startMs + Math.max(0, ...knownMs)
}

function createDays({ startMs, endMs }: Interval): (zones: readonly ZoneInForce[]) => readonly LocalDay[] {
  const known = new WeakMap<readonly ZoneInForce[], readonly LocalDay[]>()
  return (zones) => {
    let days = known.get(zones)
    if (days === undefined) {
      days = wholeDays(localDays(zones, Math.floor(startMs / DAY_MS) - 1, Math.floor(endMs / DAY_MS) + 1), {
        startMs,
        endMs,
      })
      known.set(zones, days)
    }
    return days
  }
}

/** Those of which all is known; a month that is not whole is none. */
function wholeDays(days: readonly LocalDay[], time: Interval): LocalDay[] {
  return days.filter((day) => day.startMs > time.startMs && day.endMs <= time.endMs)
}

/** Of so few stores that others are answered in between. */
export function historiesAtOnce(time: Interval): number {
  return Math.max(8, Math.min(1024, Math.floor(MOST_POLL_WEEKS / pollWeeksOf(time).length)))
}

const noGroups: ReadonlySet<string> = new Set()

/** Tells which of some labels' groups stores are in, each as label=value. */
export async function groupsReader(
  db: Db,
  { stores }: PartFacts,
  labels: readonly string[],
): Promise<(storeKey: number) => ReadonlySet<string>> {
  if (labels.length === 0) return () => noGroups
  const storeKeys = stores.map(({ storeKey }) => storeKey)
  const groups = new Map(storeKeys.map((key) => [key, new Set<string>()]))
  for (const label of labels) {
    for (const [storeKey, value] of await readLabelValues(db, label, storeKeys)) {
      groups.get(storeKey)?.add(`${label}=${value}`)
    }
  }
  return (storeKey) => groups.get(storeKey) ?? noGroups
}

/** Whether an incident was open at some time. */
export function isOpenIn({ openedMs, closedMs }: Incident, { startMs, endMs }: Interval): boolean {
  return openedMs < endMs && (closedMs ?? Infinity) >= startMs
}
