import { parseDuration } from '../../shared/duration.ts'
import type { FoundInMany } from '../incidents/feed-judge.ts'
import type { IncidentsIn } from '../insight/incidents.ts'
import type { IncidentJudging } from '../insight/judged-incidents.ts'
import type { LedgerRows } from './ledger-rows.ts'

const DAY_MS = 86_400_000
/** What was over longer ago is left as it was told, whatever data comes. */
export const KEPT_MS = 7 * DAY_MS

/** A look at what there is at one moment. */
export interface Look extends IncidentJudging {
  readonly version: number
  readonly batch: number
  readonly nowMs: number
  /** Whether nobody has looked by these rules yet. */
  readonly isNew: boolean
  /** Since when the rules count. */
  readonly sinceMs: number
  /** What was over before that is left as it is. */
  readonly keptFromMs: number
}

/** What was found when all stores were looked at last. */
export interface LookedAtAll {
  readonly version: number
  readonly nowMs: number
  readonly dataTimeMs: number
  readonly many: readonly FoundInMany[]
  readonly late: IncidentsIn['late']
}

/** What is known from one look to the next. */
export interface Known {
  readonly rows: LedgerRows
  /** As of which all is known. */
  batch: number
  all: LookedAtAll | undefined
  /** Since when polls have come of which not all is known that many stores tell together. */
  fromMs: number
  /** Stores with something that the ledger does not have, as all of it is told when its end is. */
  readonly heldBack: Set<number>
}

/** From when on something may be otherwise than it was. */
export function startOf({ all, fromMs }: Known, { version, keptFromMs }: Look): number {
  const isAnew = all === undefined || all.version !== version
  return isAnew ? keptFromMs : Math.max(keptFromMs, Math.min(all.dataTimeMs, fromMs))
}

/** Where it is the first time, or time has passed: what time changes, it changes in stores of which nothing came, too. */
export function isToLookAgain({ all, fromMs }: Known, looked: Look): boolean {
  if (all === undefined || all.version !== looked.version) return true
  const gridMs = parseDuration(looked.rules.grid)
  if (Math.floor(looked.dataTimeMs / gridMs) > Math.floor(all.dataTimeMs / gridMs)) return true
  // What many stores tell together waits until then, and not for ever where no polls come.
  return fromMs < Infinity && looked.nowMs - all.nowMs >= gridMs
}

/** Whether a feed seems to be late that was not: of all stores it is known as of the last look at all of them. */
export function hasNewLate({ all, rows }: Known, nowMs: number): boolean {
  const isOpen = rows.ofMany().filter(({ condition, told }) => condition === 'late' && told === 'open')
  return all!.late(nowMs).filter(({ incidents }) => incidents.length > 0).length > isOpen.length
}
