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

const none: Incident[] = []

function incidentOf(
  { condition, startMs, openedMs, value }: OpenIncident,
  closedMs: number | null,
  ending: IncidentEnding | null,
): Incident {
  return { condition, startMs, openedMs, closedMs, ending, value }
}

/** Collects incidents of one condition, of which one is open at a time. */
export class IncidentLog {
  #closed: Incident[] = none
  #open: OpenIncident | undefined

  get isOpen(): boolean {
    return this.#open !== undefined
  }

  open(incident: OpenIncident): void {
    this.#open = incident
  }

  close(closedMs: number, ending: IncidentEnding): void {
    if (this.#open === undefined) return
    const closed = incidentOf(this.#open, closedMs, ending)
    if (this.#closed === none) this.#closed = [closed]
    else this.#closed.push(closed)
    this.#open = undefined
  }

  /** All of them; the last one may be open. */
  all(): Incident[] {
    return this.#open === undefined ? this.#closed : [...this.#closed, incidentOf(this.#open, null, null)]
  }
}
