import type { AlertRules } from '../../shared/alert-rules.ts'
import { parseDuration } from '../../shared/duration.ts'
import { createBlindFeed, type BlindFeed } from './blind.ts'
import { createGroupShare, type GroupShare } from './group-share.ts'
import type { Grid } from './grid.ts'
import type { FoundIncidents } from './incident.ts'
import { lateIncident } from './late.ts'
import type { RulesOfStore } from './rules-in-force.ts'
import type { StoreHistory } from './store-history.ts'
import { blindThresholds, groupShareThresholds } from './thresholds.ts'

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
}

export interface StoreOfFeed {
  readonly rules: RulesOfStore
  /** Each as label=value. */
  readonly groups: ReadonlySet<string>
  readonly history: StoreHistory
  /** Of all its polls, also those that do not speak; undefined without any. */
  readonly latestPollMs: number | undefined
}

export interface FeedTime {
  readonly grid: Grid
  readonly dataTimeMs: number
  /** Whether all polls are known of before the grid. */
  readonly isWhole: boolean
}

export function createFeedJudge(
  { rules }: Pick<AlertRules, 'rules'>,
  { grid, dataTimeMs, isWhole }: FeedTime,
): FeedJudge {
  const blind = new Map<number, BlindFeed>()
  const latest = new Map<number, number>()
  const shares = new Map<number, Map<string, GroupShare>>()

  function shareOf(place: number, group: string): GroupShare | undefined {
    const rule = rules[place]!
    if (rule.condition !== 'group-share') return undefined
    const ofRule = shares.get(place) ?? new Map<string, GroupShare>()
    shares.set(place, ofRule)
    const known = ofRule.get(group)
    if (known !== undefined) return known
    const made = createGroupShare(grid, groupShareThresholds(rule), isWhole)
    ofRule.set(group, made)
    return made
  }

  function blindOf(place: number): BlindFeed | undefined {
    const rule = rules[place]!
    if (rule.condition !== 'blind') return undefined
    const known = blind.get(place)
    if (known !== undefined) return known
    const made = createBlindFeed(grid, blindThresholds(rule), isWhole)
    blind.set(place, made)
    return made
  }

  return {
    add({ rules: ofStore, groups, history, latestPollMs = -Infinity }) {
      for (const place of ofStore.places) {
        const rule = rules[place]!
        if (rule.condition === 'blind') blindOf(place)!.add(history)
        if (rule.condition === 'late')
          latest.set(place, Math.max(latest.get(place) ?? -Infinity, latestPollMs))
        if (rule.condition !== 'group-share') continue
        const group = [...groups].find((one) => one.startsWith(`${rule.by}=`))
        if (group !== undefined) shareOf(place, group)!.add(history)
      }
    },
    found(nowMs) {
      const late = Array.from(latest, ([place, latestMs]): FoundInMany => {
        const rule = rules[place]!
        const forMs = rule.condition === 'late' ? parseDuration(rule.for) : Infinity
        const incident = lateIncident(latestMs, nowMs, forMs)
        return {
          place,
          group: null,
          incidents: incident === undefined ? [] : [incident],
          certainFromMs: -Infinity,
        }
      })
      return [
        ...Array.from(blind, ([place, feed]) => ({ place, group: null, ...feed.found(dataTimeMs) })),
        ...Array.from(shares, ([place, groups]) =>
          Array.from(groups, ([group, share]) => ({ place, group, ...share.found(dataTimeMs) })),
        ).flat(),
        ...late,
      ]
    },
  }
}
