import type { IncidentCondition } from '../../shared/incident-condition.ts'
import type { ToTell } from '../incidents/to-tell.ts'

export interface IncidentInWords {
  readonly condition: IncidentCondition
  /** Of what it is: a store's name, a group, or all stores. */
  readonly of: string
  /** What was measured when it opened, in the unit of its condition. */
  readonly value: number
}

const MINUTE_MS = 60_000

/** What became of an incident, on one line and without the times, which are told in the zone of whoever reads it. */
export function incidentInWords(kind: ToTell['kind'], incident: IncidentInWords): string {
  if (kind === 'withdrawn') return `${beginning(incident)} – no: what is known by now says otherwise`
  if (kind === 'resolved' || kind === 'late') return ending(incident)
  return beginning(incident)
}

function beginning({ condition, of, value }: IncidentInWords): string {
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
      return `${rounded(value)} % of the open stores of ${of} are down`
    case 'blind':
      return `only ${rounded(value)} % of the open stores of ${of} are polled`
    case 'late':
      return `no polls of ${of} have come for ${Math.floor(value / MINUTE_MS)} minutes`
  }
}

function ending({ condition, of }: IncidentInWords): string {
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
      return `many stores of ${of} were down`
    case 'blind':
      return `few stores of ${of} were polled`
    case 'late':
      return `no polls of ${of} came`
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
