import type { IncidentCondition } from '../../shared/incident-condition.ts'

/** How an incident ended: what it is of went away, nothing was heard any more, or its time was over. */
export type IncidentEnding = 'recovered' | 'expired' | 'over'

/** Something that somebody is to be told of: rules 33 to 42 of docs/uptime.md. */
export interface Incident {
  readonly condition: IncidentCondition
  /** Since when it is so; what is known of that when it opens. */
  readonly startMs: number
  readonly openedMs: number
  /** null while it is open. */
  readonly closedMs: number | null
  readonly ending: IncidentEnding | null
  /** What was measured when it opened, in the unit of its condition. */
  readonly value: number
}

export interface FoundIncidents {
  /** In order of time; no two of them overlap. */
  readonly incidents: Incident[]
  /** From when on they are as if all polls were known, also those before what is. */
  readonly certainFromMs: number
}

/** One that is open: the last of those found. */
export type OpenIncident = Omit<Incident, 'closedMs' | 'ending'>

/** Collects incidents of one condition, of which one is open at a time. */
export interface IncidentLog {
  readonly isOpen: () => boolean
  open(incident: OpenIncident): void
  close(closedMs: number, ending: IncidentEnding): void
  /** All of them; the last one may be open. */
  all(): Incident[]
}

export function createIncidentLog(): IncidentLog {
  const incidents: Incident[] = []
  let current: OpenIncident | undefined
  return {
    isOpen: () => current !== undefined,
    open: (incident) => (current = incident),
    close(closedMs, ending) {
      if (current !== undefined) incidents.push({ ...current, closedMs, ending })
      current = undefined
    },
    all: () =>
      current === undefined ? incidents : [...incidents, { ...current, closedMs: null, ending: null }],
  }
}
