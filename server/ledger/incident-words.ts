import { formatDuration } from '../../shared/duration.ts'
import type { IncidentCondition } from '../../shared/incident-condition.ts'
import type { ToTell } from '../incidents/to-tell.ts'

export interface IncidentInWords {
  readonly condition: IncidentCondition
  /** Of what it is: a store's name, or a group; undefined where it is of all stores. */
  readonly of: string | undefined
  /** What was measured when it opened, in the unit of its condition. */
  readonly value: number
  /** Whether it is over only as no rule in force tells of it any more. */
  readonly isByRules?: boolean
}

const HOUR_MS = 3_600_000

/** What became of an incident, on one line and without the times, which are told in the zone of whoever reads it. */
export function incidentInWords(kind: ToTell['kind'], incident: IncidentInWords): string {
  if (kind === 'withdrawn') return `${beginning(incident)} – no: what is known by now says otherwise`
  if (incident.isByRules)
    return `${beginning(incident)} – as was told by rules that are not in force any more`
  if (kind === 'resolved' || kind === 'late') return ending(incident)
  return beginning(incident)
}

function beginning({ condition, of, value }: IncidentInWords): string {
  const stores = storesOf(of)
  switch (condition) {
    case 'down':
      return `${of} is down`
    case 'no-data':
      return `nothing is heard of ${of}`
    case 'unstable':
      return `${of} goes up and down: ${value} changes`
    case 'uptime':
      return `${of} has ${rounded(value)} % uptime`
    case 'drop':
      return `the uptime of ${of} is ${rounded(value)} points lower than before`
    case 'budget':
      return `${of} has spent ${rounded(value)} % of the downtime that the month may have`
    case 'group-share':
      return `${rounded(value)} % of the open ${stores} are down`
    case 'blind':
      return `only ${rounded(value)} % of the open ${stores} are polled`
    case 'late':
      return `no polls${of === undefined ? '' : ` of ${stores}`} have come for ${formatDuration(value - (value % HOUR_MS))}`
  }
}

function ending({ condition, of }: IncidentInWords): string {
  const stores = storesOf(of)
  switch (condition) {
    case 'down':
      return `${of} was down`
    case 'no-data':
      return `nothing was heard of ${of}`
    case 'unstable':
      return `${of} went up and down`
    case 'uptime':
      return `${of} had a low uptime`
    case 'drop':
      return `the uptime of ${of} had dropped`
    case 'budget':
      return `${of} had spent downtime of the month`
    case 'group-share':
      return `many ${stores} were down`
    case 'blind':
      return `few ${stores} were polled`
    case 'late':
      return of === undefined ? 'no polls came' : `no polls of ${stores} came`
  }
}

function storesOf(of: string | undefined): string {
  return of === undefined ? 'stores' : `stores of ${of}`
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
