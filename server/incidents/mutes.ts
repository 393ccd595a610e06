import type { AlertRules } from '../../shared/alert-rules.ts'
import type { FoundInMany } from './feed-judge.ts'
import type { Incident } from './incident.ts'
import type { Mute } from './muting.ts'
import type { RulesOfStore } from './rules-in-force.ts'
import type { FoundInStore } from './store-judge.ts'

/** What was found in a store, and what it is part of. */
export interface FoundOfStore {
  /** Those of its labels that rules look at, each as label=value. */
  readonly groups: ReadonlySet<string>
  readonly rules: RulesOfStore
  readonly found: readonly FoundInStore[]
}

/** What holds back the messages of a store's incidents, by their condition: rule 43 of docs/uptime.md. */
export function mutesOf(
  { groups, rules: ofStore, found }: FoundOfStore,
  many: readonly FoundInMany[],
  { rules }: Pick<AlertRules, 'rules'>,
): (condition: Incident['condition']) => readonly Mute[] {
  const isOf = (place: number, condition: Incident['condition']) => rules[place]!.condition === condition
  const unstable = found.filter(({ place }) => isOf(place, 'unstable')).flatMap(({ incidents }) => incidents)
  const inGroups = many
    .filter(({ group }) => group !== null && groups.has(group))
    .flatMap(({ incidents }) => incidents)
  const blind = many
    .filter(({ place }) => isOf(place, 'blind') && ofStore.places.includes(place))
    .flatMap(({ incidents }) => incidents)
  const mutes: Partial<Record<Incident['condition'], readonly Mute[]>> = {
    down: [...unstable, ...inGroups],
    unstable: inGroups,
    'no-data': blind,
  }
  return (condition) => mutes[condition] ?? []
}
