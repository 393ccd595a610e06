import type { AlertRule } from '../../shared/alert-rule.ts'
import { kindOfRule, type AlertRules } from '../../shared/alert-rules.ts'
import type { StoreId } from '../../shared/ids.ts'

/** Those rules that a store is judged by: of each kind the most specific one (rule 33 of docs/uptime.md). */
export interface RulesOfStore {
  /** The places of the rules in the document, in order. */
  readonly places: readonly number[]
}

/** Tells the rules of stores; one object for all that have the same ones. */
export interface RulesInForce {
  /** `groups`: those that it is in, each as label=value. */
  of(storeId: StoreId, groups: ReadonlySet<string>): RulesOfStore
  /** Whether it depends on groups at all, and which labels these have. */
  readonly labels: readonly string[]
}

export function rulesInForce({ rules }: Pick<AlertRules, 'rules'>): RulesInForce {
  const known = new Map<string, RulesOfStore>()
  const scoped = rules.map((rule, place) => ({ rule, place, kind: kindOfRule(rule), weight: weightOf(rule) }))
  // Of equally specific ones the first counts.
  scoped.sort((a, b) => b.weight - a.weight || a.place - b.place)
  const isOfAll = rules.every(({ store, group }) => store === undefined && group === undefined)
  const ofAll = isOfAll ? { places: placesOf(rules) } : undefined
  return {
    labels: [
      ...new Set(
        rules.flatMap((rule) => [
          ...(rule.group ?? []).map((group) => group.slice(0, group.indexOf('='))),
          ...(rule.condition === 'group-share' && rule.enabled ? [rule.by] : []),
        ]),
      ),
    ],
    of(storeId, groups) {
      if (ofAll !== undefined) return ofAll
      const kinds = new Set<string>()
      const places: number[] = []
      for (const { rule, place, kind } of scoped) {
        if (kinds.has(kind) || !isOf(rule, storeId, groups)) continue
        kinds.add(kind)
        if (rule.enabled) places.push(place)
      }
      places.sort((a, b) => a - b)
      const key = places.join()
      let found = known.get(key)
      if (found === undefined) known.set(key, (found = { places }))
      return found
    },
  }
}

/** Those that are enabled. */
function placesOf(rules: readonly AlertRule[]): number[] {
  return rules.flatMap(({ enabled }, place) => (enabled ? [place] : []))
}

function weightOf({ store, group = [] }: AlertRule): number {
  return store === undefined ? group.length : Infinity
}

function isOf({ store, group = [] }: AlertRule, storeId: StoreId, groups: ReadonlySet<string>): boolean {
  if (store !== undefined) return store === storeId
  return group.every((one) => groups.has(one))
}
