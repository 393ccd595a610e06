import type { AlertRuleOf } from '../../shared/alert-rule.ts'
import type { AlertRules } from '../../shared/alert-rules.ts'
import { AppError } from '../../shared/app-error.ts'
import { parseDuration } from '../../shared/duration.ts'
import { createBlindFeed } from './blind.ts'
import { createGroupShare } from './group-share.ts'
import type { GridTime, ShareOfStores } from './grid-incidents.ts'
import type { Grid } from './grid.ts'
import type { FoundIncidents } from './incident.ts'
import { lateIncidents } from './late.ts'
import type { RulesOfStore } from './rules-in-force.ts'
import type { StoreHistory } from './store-history.ts'
import { blindThresholds, groupShareThresholds } from './thresholds.ts'

const DAY_MS = 86_400_000

/** What a rule found in many stores. */
export interface FoundInMany extends FoundIncidents {
  readonly place: number
  /** The group that it is of, as label=value; null of all stores that the rule is of. */
  readonly group: string | null
}

/** Judges all stores by the rules that are of many: each store is added once. */
export interface FeedJudge {
  add(store: StoreOfFeed): void
  found(nowMs: number): FoundInMany[]
  /** Of that what the clock alone tells: feeds that are late. */
  late(nowMs: number): FoundInMany[]
}

export interface StoreOfFeed {
  readonly rules: RulesOfStore
  /** Each as label=value. */
  readonly groups: ReadonlySet<string>
  readonly history: StoreHistory
  /** Of all its polls, also those that do not speak; undefined without any. */
  readonly latestPollMs: number | undefined
}

/** So many instants are looked at, of all groups and feeds together: 8 bytes each. */
const MOST_INSTANTS = 2 ** 27

/** Adding a store throws an `invalid` AppError where groups would be too many to be kept in memory. */
export function createFeedJudge(
  { rules }: Pick<AlertRules, 'rules'>,
  time: GridTime,
  mostInstants = MOST_INSTANTS,
): FeedJudge {
  const feeds = new Map<number, ShareOfStores>()
  const lateFeeds = createLateFeeds()
  const groupsOf = new Map<number, Map<string, ShareOfStores>>()

  let made = 0

  function oneMore(create: () => ShareOfStores): ShareOfStores {
    if (++made * time.grid.count > mostInstants) throw tooMany(time.grid)
    return create()
  }

  function addToRule(place: number, { groups, history, latestPollMs }: StoreOfFeed): void {
    const rule = rules[place]!
    if (rule.condition === 'blind') {
      const feed = feeds.get(place) ?? oneMore(() => createBlindFeed(time, blindThresholds(rule)))
      feeds.set(place, feed)
      feed.add(history)
    } else if (rule.condition === 'late') {
      lateFeeds.add(place, rule, latestPollMs)
    } else if (rule.condition === 'group-share') {
      const group = [...groups].find((one) => one.startsWith(`${rule.by}=`))
      if (group === undefined) return
      const ofRule = groupsOf.get(place) ?? new Map<string, ShareOfStores>()
      groupsOf.set(place, ofRule)
      const share = ofRule.get(group) ?? oneMore(() => createGroupShare(time, groupShareThresholds(rule)))
      ofRule.set(group, share)
      share.add(history)
    }
  }

  return {
    add(store) {
      for (const place of store.rules.places) addToRule(place, store)
    },
    found: (nowMs) => [
      ...Array.from(feeds, ([place, feed]) => ({ place, group: null, ...feed.found() })),
      ...Array.from(groupsOf, ([place, groups]) =>
        Array.from(groups, ([group, share]) => ({ place, group, ...share.found() })),
      ).flat(),
      ...lateFeeds.found(nowMs),
    ],
    late: lateFeeds.found,
  }
}

interface LateFeeds {
  add(place: number, rule: AlertRuleOf<'late'>, latestPollMs: number | undefined): void
  found(nowMs: number): FoundInMany[]
}

/** By itself, as it is kept when all else that was judged is not. */
function createLateFeeds(): LateFeeds {
  const feeds = new Map<number, { readonly forMs: number; latestMs: number }>()
  return {
    add(place, rule, latestPollMs = -Infinity) {
      const feed = feeds.get(place) ?? { forMs: parseDuration(rule.for), latestMs: -Infinity }
      feeds.set(place, feed)
      feed.latestMs = Math.max(feed.latestMs, latestPollMs)
    },
    found: (nowMs) =>
      Array.from(feeds, ([place, { forMs, latestMs }]) => ({
        place,
        group: null,
        incidents: lateIncidents(latestMs, nowMs, forMs),
        certainFromMs: -Infinity,
      })),
  }
}

function tooMany({ stepMs, count }: Grid): AppError {
  const days = Math.ceil((stepMs * count) / DAY_MS)
  return new AppError(
    'invalid',
    `the rules have too many groups to look at all of them every ${stepMs / 60_000} minutes for ${days} days: ask for less time, or have a longer grid in the rules`,
  )
}
