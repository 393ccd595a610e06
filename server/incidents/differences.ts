import type { ToldState } from '../../shared/alert-kinds.ts'
import { matched } from './matching.ts'
import { toTell, type FoundToTell, type ToTell } from './to-tell.ts'

/** An incident as the ledger has it. */
export interface LedgerEntry {
  readonly openedMs: number
  /** That is told later where its end is held back. */
  readonly closedMs: number | null
  readonly told: ToldState
  /** Whether it was found by rules that are not in force any more. */
  readonly isByOlderRules: boolean
}

/** What is between the ledger and what was found of an incident. */
export interface Difference<Entry, Found> {
  readonly entry: Entry | undefined
  /** Undefined where it was not found. */
  readonly found: Found | undefined
  /** Undefined where nothing is told. */
  readonly tell: ToTell | undefined
}

/**
 * Of incidents of one store, group or feed and one kind of rule, those of which something is to be told, or is otherwise than the ledger
 * has it: rule 45 of docs/uptime.md. What was over before `startMs` is left as it is; what is open is so until `endMs`.
 */
export function differences<Entry extends LedgerEntry, Found extends FoundToTell>(
  entries: readonly Entry[],
  found: readonly Found[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Difference<Entry, Found>[] {
  const isPast = (match: { readonly known: Entry | undefined; readonly found: Found | undefined }) =>
    isPastEntry(match.known, startMs) && isPastFound(match.found, startMs)
  return matched(entries, found, endMs)
    .filter((match) => !isPast(match))
    .map(({ known: entry, found: ofFound }) => ({ entry, found: ofFound, tell: tellOf(entry, ofFound) }))
    .filter(({ entry, found: ofFound, tell }) => tell !== undefined || hasMoved(entry, ofFound))
}

function isPastEntry(entry: LedgerEntry | undefined, startMs: number): boolean {
  if (entry === undefined) return true
  return entry.told !== 'open' && entry.closedMs !== null && entry.closedMs < startMs
}

/** Its end may be told long after it. */
function isPastFound(found: FoundToTell | undefined, startMs: number): boolean {
  return (
    found === undefined || (found.closedMs !== null && (found.telling.closedMs ?? found.closedMs) < startMs)
  )
}

/** Rules that are changed rewrite nothing: what is found no more is not taken back, and is over. */
function tellOf(entry: LedgerEntry | undefined, found: FoundToTell | undefined): ToTell | undefined {
  if (entry?.isByOlderRules !== true || found !== undefined) return toTell(entry?.told, found)
  return entry.told === 'open' ? { kind: 'resolved', told: 'over' } : undefined
}

function hasMoved(entry: LedgerEntry | undefined, found: FoundToTell | undefined): boolean {
  if (entry === undefined || found === undefined) return false
  const isMoved = entry.openedMs !== found.openedMs || entry.isByOlderRules
  return isMoved || (entry.told !== 'withdrawn' && entry.closedMs !== found.closedMs)
}
