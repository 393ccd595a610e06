import type { Db } from '../../database/connect.ts'
import { listPartSizes, readPart, readStates } from '../../database/report-results.ts'
import { wordsOfBytes, type Words } from '../../uptime/words.ts'
import { createStates, statesOfStores, type PackedStates } from '../states.ts'
import { createTotals, storeKeyAt, totalsOfStores, WORDS_PER_STORE, type PackedTotals } from '../totals.ts'
import { joinedUncorrected, readUncorrected, type Uncorrected } from '../uncorrected.ts'

/** A complete report by window that is looked at. */
export interface ViewedReport {
  readonly reportKey: number
  readonly reportId: string
  readonly asOfMs: number
}

/** All that a report has of its stores, which are in ascending order of id: the place of a store is the one among these. */
export interface ReportColumns {
  readonly storeCount: number
  readonly totals: PackedTotals
  /** undefined of a report that was made before they were kept. */
  readonly states: PackedStates | undefined
  readonly uncorrected: Uncorrected | undefined
}

/** Some places; in ascending order unless they are sorted. */
export type Places = Words

/** Reads a report into one array of each kind. */
export async function readColumns(db: Db, reportKey: number): Promise<ReportColumns> {
  const parts = await listPartSizes(db, reportKey)
  const storeCount = parts.reduce((sum, part) => sum + part.storeCount, 0)
  const totals = createTotals(storeCount)
  const states = createStates(storeCount)
  const differing: Uncorrected[] = []
  let hasStates = true
  let first = 0
  for (const size of parts) {
    const { part, storeCount: ofPart } = size
    const next = first + ofPart
    totalsOfStores(totals, first, next).set(wordsOfBytes(await readPart(db, reportKey, part, 'totals')))
    const bytes = hasStates ? await readStates(db, reportKey, part) : undefined
    if (bytes === undefined) hasStates = false
    else statesOfStores(states, first, next).set(wordsOfBytes(bytes))
    const uncorrected = await readUncorrected(db, reportKey, size, WORDS_PER_STORE)
    if (uncorrected !== undefined) differing.push(uncorrected)
    first = next
  }
  return {
    storeCount,
    totals,
    states: hasStates ? states : undefined,
    uncorrected: joinedUncorrected(differing, WORDS_PER_STORE),
  }
}

export function bytesOfColumns({ totals, states, uncorrected }: ReportColumns): number {
  return totals.byteLength + (states?.byteLength ?? 0) + (uncorrected?.totals.byteLength ?? 0)
}

/** Tells the place of a store by its key; -1 where the report does not have it. */
export function placesByKey({ storeCount, totals }: ReportColumns): (storeKey: number) => number {
  let last = 0
  for (let place = 0; place < storeCount; place++) last = Math.max(last, storeKeyAt(totals, place))
  const places = new Int32Array(last + 1).fill(-1)
  for (let place = 0; place < storeCount; place++) places[storeKeyAt(totals, place)] = place
  return (storeKey) => places[storeKey] ?? -1
}
