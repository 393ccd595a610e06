import type { Db } from '../../database/connect.ts'
import { createStates, statesOfStores, type PackedStates } from '../states.ts'
import { createTotals, totalsOfStores, WORDS_PER_STORE, type PackedTotals } from '../totals.ts'
import { joinedUncorrected, readUncorrected, type Uncorrected } from '../uncorrected.ts'
import { readViewedParts, type PartPlace, type Places, type ReportParts } from './viewed-parts.ts'

/** All that a report has of some stores, in any order. */
export interface PackedRows {
  readonly totals: PackedTotals
  /** undefined of a report that was made before they were kept. */
  readonly states: PackedStates | undefined
  readonly uncorrected: Uncorrected | undefined
}

/** The rows at the places from the one at `from` to before the one at `to`. */
export interface RowsWanted {
  readonly places: Places
  readonly from: number
  readonly to: number
}

/** Rows that are in other rows. */
export interface FoundRows {
  readonly rows: PackedRows
  readonly from: number
  readonly to: number
}

/** Who takes so many rows takes them all: more are read at once then, as they may be in parts all over the report. */
const MANY_ROWS = 2048
const ROWS_AHEAD = 65_536

/** Reads rows, of which the latest are kept. */
export function createReadRows(db: Db): (report: ReportParts, wanted: RowsWanted) => Promise<FoundRows> {
  let kept: (RowsWanted & { readonly rows: PackedRows }) | undefined

  return async (report, { places, from, to }) => {
    if (kept === undefined || kept.places !== places || from < kept.from || to > kept.to) {
      const end = to - from < MANY_ROWS ? to : Math.min(places.length, from + ROWS_AHEAD)
      kept = undefined
      const rows = await readPackedRows(db, report, places.subarray(from, end))
      kept = { places, from, to: end, rows }
    }
    return { rows: kept.rows, from: from - kept.from, to: to - kept.from }
  }
}

/** In the order of their places, from the parts that have them. */
async function readPackedRows(
  db: Db,
  { reportKey, parts }: ReportParts,
  places: Places,
): Promise<PackedRows> {
  const rowsOf = rowsByPart(parts, places)
  const touched = { reportKey, parts: parts.filter((part) => rowsOf.has(part)) }
  const totals = createTotals(places.length)
  const states = createStates(places.length)
  const differing: Uncorrected[] = []
  let hasStates = true
  for await (const part of readViewedParts(db, touched, { withStates: true })) {
    if (part.states === undefined) hasStates = false
    for (const row of rowsOf.get(part.place)!) {
      const store = places[row]! - part.place.first
      totalsOfStores(totals, row, row + 1).set(totalsOfStores(part.totals, store, store + 1))
      if (part.states) statesOfStores(states, row, row + 1).set(statesOfStores(part.states, store, store + 1))
    }
    const uncorrected = await readUncorrected(db, reportKey, part.place, WORDS_PER_STORE)
    if (uncorrected !== undefined) differing.push(uncorrected)
  }
  return {
    totals,
    states: hasStates ? states : undefined,
    uncorrected: joinedUncorrected(differing, WORDS_PER_STORE),
  }
}

/** Which rows are of a part. */
function rowsByPart(parts: readonly PartPlace[], places: Places): ReadonlyMap<PartPlace, number[]> {
  const rowsOf = new Map<PartPlace, number[]>()
  places.forEach((place, row) => {
    const part = partOf(parts, place)
    const rows = rowsOf.get(part)
    if (rows) rows.push(row)
    else rowsOf.set(part, [row])
  })
  return rowsOf
}

function partOf(parts: readonly PartPlace[], place: number): PartPlace {
  let [from, to] = [0, parts.length]
  while (to - from > 1) {
    const middle = (from + to) >>> 1
    if (parts[middle]!.first <= place) from = middle
    else to = middle
  }
  return parts[from]!
}
