import type { ToldState } from '../../shared/alert-kinds.ts'
import type { Incident } from './incident.ts'
import type { Telling } from './muting.ts'

/** What is told of an incident, and what whoever is told of it knows then. */
export interface ToTell {
  readonly kind: 'opened' | 'late' | 'resolved' | 'reopened' | 'withdrawn'
  readonly told: ToldState
}

/** An incident as it was found, and when that is told: rule 43 of docs/uptime.md. */
export interface FoundToTell extends Incident {
  readonly telling: Telling
}

/** What there is to tell of an incident, of which was told that it is `told`; rule 45 of docs/uptime.md. Told once, there is nothing any more. */
export function toTell(told: ToldState | undefined, found: FoundToTell | undefined): ToTell | undefined {
  if (told === undefined) return found && beginning(found)
  if (found === undefined) return told === 'withdrawn' ? undefined : { kind: 'withdrawn', told: 'withdrawn' }
  if (told === 'open') return isOverNow(found) ? { kind: 'resolved', told: 'over' } : undefined
  const again = beginning(found)
  if (again?.kind === 'opened') return { kind: 'reopened', told: 'open' }
  return told === 'withdrawn' ? again : undefined
}

function beginning(found: FoundToTell): ToTell | undefined {
  const { openedMs, closedMs } = found.telling
  if (openedMs === undefined) return undefined
  if (found.closedMs === null) return { kind: 'opened', told: 'open' }
  // Where its end is held back, it is all told then.
  return closedMs === undefined || isSilence(found) ? undefined : { kind: 'late', told: 'over' }
}

/** Its end is not told while that is held back; where its opening was told and should not have been, its end is due. */
function isOverNow({ closedMs, telling }: FoundToTell): boolean {
  return telling.openedMs === undefined ? closedMs !== null : telling.closedMs !== undefined
}

/** Whether it is of polls that did not come: that they have come since, nobody has to be told. */
function isSilence({ condition }: Incident): boolean {
  return condition === 'no-data' || condition === 'blind'
}

/** Whether it is over and nothing is told of it before what holds back its end is over, too. */
export function isHeldBack(found: FoundToTell): boolean {
  const { openedMs, closedMs } = found.telling
  return found.closedMs !== null && openedMs !== undefined && closedMs === undefined && !isSilence(found)
}
