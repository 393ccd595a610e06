import { differences, type Difference } from '../incidents/differences.ts'
import type { ToldIncident } from '../database/told-incidents.ts'
import type { IncidentsOfStore } from '../insight/judged-incidents.ts'
import type { FoundIncident, FoundOfSubject } from './found-incidents.ts'
import type { Known } from './known.ts'

/** What is otherwise in the ledger than it was found to be. */
export interface LedgerDifference extends Difference<{ readonly row: ToldIncident }, FoundIncident> {
  readonly subject: string
  readonly ruleKind: string
}

export interface Comparing {
  /** Before that, things are left as they are. */
  readonly startMs: number
  readonly dataTimeMs: number
  /** Of the wall clock. */
  readonly nowMs: number
  /** By which rules it was found. */
  readonly version: number
}

/** Of a store that the ledger does not have, what was over before is left as it is: it is not compared unless there is something else. */
export function isToCompare(
  { rows, heldBack }: Pick<Known, 'rows' | 'heldBack'>,
  startMs: number,
): (store: IncidentsOfStore) => boolean {
  return ({ storeKey, found }) => {
    if (rows.hasStore(storeKey) || heldBack.has(storeKey)) return true
    for (const { incidents } of found) {
      const last = incidents.at(-1)
      if (last !== undefined && (last.closedMs ?? Infinity) >= startMs) return true
    }
    return false
  }
}

/** Compares the ledger's rows with what was found of the same: what is in none of it was not found. */
export function compared(
  rows: readonly ToldIncident[],
  found: readonly FoundOfSubject[],
  { startMs, dataTimeMs, nowMs, version }: Comparing,
): LedgerDifference[] {
  const time = { startMs, endMs: Math.max(dataTimeMs, nowMs) + 1 }
  const rowsOf = Map.groupBy(rows, (row) => keyOf(row.subject, row.rule_kind))
  const foundBy = new Map(found.map((one) => [keyOf(one.subject, one.ruleKind), one]))
  const different: LedgerDifference[] = []
  const compare = (
    { subject, ruleKind, found: ofFound }: FoundOfSubject,
    ofRows: readonly ToldIncident[] = [],
  ) => {
    if (ofRows.length === 0 && ofFound.length === 0) return
    const entries = ofRows.map((row) => entryOf(row, version))
    for (const one of differences(entries, ofFound, time)) different.push({ ...one, subject, ruleKind })
  }
  for (const [key, one] of foundBy) compare(one, rowsOf.get(key))
  for (const [key, ofRows] of rowsOf) {
    const { subject, rule_kind: ruleKind } = ofRows[0]!
    if (!foundBy.has(key)) compare({ subject, ruleKind, found: [] }, ofRows)
  }
  return different
}

function keyOf(subject: string, ruleKind: string): string {
  return `${subject}\n${ruleKind}`
}

function entryOf(row: ToldIncident, version: number) {
  return {
    row,
    openedMs: row.opened_at,
    closedMs: row.closed_at,
    told: row.told,
    isByOlderRules: row.rules_version !== version,
  }
}

/** Feeds that are late are so only while they are: one that is open in the ledger, and that its rule finds no more, is over. */
export function withEndsOfLate(
  open: readonly ToldIncident[],
  found: readonly FoundOfSubject[],
  nowMs: number,
): FoundOfSubject[] {
  const foundBy = new Map(found.map((one) => [keyOf(one.subject, one.ruleKind), one]))
  const isOver = ({ subject, rule_kind }: ToldIncident) =>
    foundBy.get(keyOf(subject, rule_kind))?.found.length === 0
  return [
    ...found.filter((one) => one.found.length > 0),
    ...open.filter(isOver).map((row) => endOf(row, nowMs)),
  ]
}

function endOf(row: ToldIncident, nowMs: number): FoundOfSubject {
  const over = {
    condition: row.condition,
    startMs: row.start_at,
    openedMs: row.opened_at,
    closedMs: nowMs,
    ending: 'recovered',
    value: row.value,
    place: -1,
    group: row.group_label,
    telling: { openedMs: row.opened_at, closedMs: nowMs },
  } as const
  return { subject: row.subject, ruleKind: row.rule_kind, found: [over] }
}
