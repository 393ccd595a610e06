import type { IncidentRow } from '../../../../shared/incident.ts'
import { businessTime, counted, duration, percent } from '../../format.ts'

type Condition = IncidentRow['condition']

const conditions: Readonly<Record<Condition, string>> = {
  down: 'Down',
  'no-data': 'Not polled',
  unstable: 'Unstable',
  uptime: 'Low uptime',
  drop: 'Uptime dropped',
  budget: 'Budget spent',
  'group-share': 'Many are down',
  blind: 'Few are polled',
  late: 'No polls come',
}

export function conditionInWords({ condition }: Pick<IncidentRow, 'condition'>): string {
  return conditions[condition]
}

/** What was measured when it opened. */
export function measuredInWords({ condition, value }: Pick<IncidentRow, 'condition' | 'value'>): string {
  switch (condition) {
    case 'down':
    case 'no-data':
      return `${businessTime(value)} of business time`
    case 'late':
      return `for ${duration(value)}`
    case 'unstable':
      return counted(value, 'change')
    case 'drop':
      return `by ${counted(value, 'point')}`
    case 'uptime':
    case 'budget':
    case 'group-share':
    case 'blind':
      return percent(value)
  }
}
