import type { AlertRule } from '../../shared/alert-rule.ts'
import type { AlertRules } from '../../shared/alert-rules.ts'
import { budgetIncidents } from './budget.ts'
import { dropIncidents, uptimeIncidents } from './day-conditions.ts'
import { downIncidents } from './down.ts'
import type { FoundIncidents } from './incident.ts'
import type { LocalDay } from './judged-days.ts'
import { noDataIncidents } from './no-data.ts'
import type { RulesOfStore } from './rules-in-force.ts'
import type { StoreHistory } from './store-history.ts'
import {
  downThresholds,
  dropThresholds,
  noDataThresholds,
  unstableThresholds,
  uptimeThresholds,
} from './thresholds.ts'
import { unstableIncidents } from './unstable.ts'

/** Finds the incidents of one rule in a store's history. */
type StoreRuleJudge = (history: StoreHistory, days: () => readonly LocalDay[]) => FoundIncidents

/** What a rule found in a store. */
export interface FoundInStore extends FoundIncidents {
  /** The rule's place in the document. */
  readonly place: number
}

/** Judges stores by those of their rules that are of one store alone. */
export type StoreJudge = (
  rules: RulesOfStore,
  history: StoreHistory,
  days: () => readonly LocalDay[],
) => FoundInStore[]

export function createStoreJudge({ rules }: Pick<AlertRules, 'rules'>): StoreJudge {
  const judges = rules.map(judgeOf)
  return ({ places }, history, days) => {
    const found: FoundInStore[] = []
    for (const place of places) {
      const judge = judges[place]
      if (judge === undefined) continue
      const { incidents, certainFromMs } = judge(history, days)
      found.push({ place, incidents, certainFromMs })
    }
    return found
  }
}

function judgeOf(rule: AlertRule): StoreRuleJudge | undefined {
  switch (rule.condition) {
    case 'down': {
      const thresholds = downThresholds(rule)
      return (history) => downIncidents(history, thresholds)
    }
    case 'no-data': {
      const thresholds = noDataThresholds(rule)
      return (history) => noDataIncidents(history, thresholds)
    }
    case 'unstable': {
      const thresholds = unstableThresholds(rule)
      return (history) => unstableIncidents(history, thresholds)
    }
    case 'uptime': {
      const thresholds = uptimeThresholds(rule)
      return (history, days) => uptimeIncidents(history, days(), thresholds)
    }
    case 'drop': {
      const thresholds = dropThresholds(rule)
      return (history, days) => dropIncidents(history, days(), thresholds)
    }
    case 'budget':
      return (history, days) => budgetIncidents(history, days(), rule)
    case 'group-share':
    case 'blind':
    case 'late':
      return undefined
  }
}
