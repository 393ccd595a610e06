import { kindOfRule, type AlertRules } from '../../shared/alert-rules.ts'
import { mutesOf, type FoundOfStore } from '../incidents/mutes.ts'
import type { FoundInMany } from '../incidents/feed-judge.ts'
import { tellingOf } from '../incidents/muting.ts'
import type { FoundToTell } from '../incidents/to-tell.ts'
import type { Incident } from '../incidents/incident.ts'

/** An incident as it was found, and by which rule of the document. */
export interface FoundIncident extends FoundToTell {
  readonly place: number
  /** The group that it is of, as label=value; null where it is of a store, or of all that its rule is of. */
  readonly group: string | null
}

/** What was found of one subject by one kind of rule: it is compared with what the ledger has of both. */
export interface FoundOfSubject {
  readonly subject: string
  readonly ruleKind: string
  readonly found: readonly FoundIncident[]
}

/** What a store's incidents are known by in the ledger. Its key is never given again, unlike its id. */
function subjectOfStore(storeKey: number): string {
  return `store ${storeKey}`
}

export function foundOfStore(
  store: FoundOfStore & { readonly storeKey: number },
  many: readonly FoundInMany[],
  rules: AlertRules,
): FoundOfSubject[] {
  const subject = subjectOfStore(store.storeKey)
  const mutes = mutesOf(store, many, rules)
  return store.found.map(({ place, incidents }) => ({
    subject,
    ruleKind: kindOfRule(rules.rules[place]!),
    found: incidents.map((one) => ({
      ...one,
      place,
      group: null,
      telling: tellingOf(one, mutes(one.condition)),
    })),
  }))
}

/** Of many stores nothing is held back. */
export function foundOfMany(many: readonly FoundInMany[], { rules }: AlertRules): FoundOfSubject[] {
  return many.map(({ place, group, incidents }) => {
    const rule = rules[place]!
    return {
      subject: `stores of ${JSON.stringify([rule.group ?? null, group])}`,
      ruleKind: kindOfRule(rule),
      found: incidents.map((one) => ({ ...one, place, group, telling: tellingOf(one, []) })),
    }
  })
}

/**
 * What was found of many stores, with what was found before and closed since an instant, as far as it is from before what was found now is
 * certain.
 */
export function withEarlier(
  before: readonly FoundInMany[],
  found: readonly FoundInMany[],
  closedFromMs: number,
): FoundInMany[] {
  const keyOf = ({ place, group }: FoundInMany) => `${place} ${group}`
  const known = new Map(before.map((one) => [keyOf(one), one.incidents]))
  return found.map((one) => {
    const isEarlier = ({ closedMs }: Incident) => closedMs !== null && closedMs < one.certainFromMs
    const earlier = (known.get(keyOf(one)) ?? []).filter(
      (it) => isEarlier(it) && it.closedMs! >= closedFromMs,
    )
    return { ...one, incidents: [...earlier, ...one.incidents.filter((incident) => !isEarlier(incident))] }
  })
}
