import type { AnyRow, ReportDifference } from '../../shared/verification.ts'
import type { Db } from '../database/connect.ts'
import type { DonePart } from '../database/report-plan.ts'
import { readPart } from '../database/report-results.ts'
import type { Asked } from './asked.ts'
import type { Generator } from './generate.ts'
import {
  computedStores,
  haveOtherFigures,
  readStoredStores,
  rowFormOf,
  type PackedStores,
  type RowForm,
} from './stored-rows.ts'

/** How many differences are told. */
export const MOST_TOLD = 20

export interface PartToVerify extends DonePart {
  /** How many of its stores are computed again, from the first on. */
  readonly stores: number
}

export interface PartVerification {
  readonly compared: number
  readonly differing: number
  readonly added: number
  readonly gone: number
  /** In ascending order of id. */
  readonly first: readonly ReportDifference[]
}

/** Computes stores of a complete report's part again, and compares them with what is stored. */
export async function verifyPart(
  db: Db,
  generator: Generator,
  { reportKey, part, asked }: { reportKey: number; part: PartToVerify; asked: Asked },
): Promise<PartVerification> {
  const form = rowFormOf(asked)
  const all = await readStoredStores(db, reportKey, part, form)
  const storedLines = linesOf(await readPart(db, reportKey, part.part, 'csv'))
  const nextStoreId = part.stores < all.storeIds.length ? all.storeIds[part.stores]! : part.nextStoreId
  const [result] = await generator.parts([{ ...part, nextStoreId }], asked)
  return compare(
    { ...all, storeIds: all.storeIds.slice(0, part.stores), lines: storedLines },
    { ...(await computedStores(db, result!, form)), lines: linesOf(result!.csv) },
    form,
  )
}

interface ComparedStores extends PackedStores {
  /** Of the CSV, in the same order; none of a report by period, whose file is written when it is asked for. */
  readonly lines: readonly string[]
}

function linesOf(csv: Uint8Array): string[] {
  const text = Buffer.from(csv.buffer, csv.byteOffset, csv.byteLength).toString('latin1')
  return text === '' ? [] : text.split('\n')
}

/** Walks both, which are in ascending order of id, side by side. */
function compare(stored: ComparedStores, now: ComparedStores, form: RowForm): PartVerification {
  const first: ReportDifference[] = []
  const counts = { compared: 0, differing: 0, added: 0, gone: 0 }
  const tell = (what: 'differing' | 'added' | 'gone', difference: () => ReportDifference) => {
    counts[what]++
    if (first.length < MOST_TOLD) first.push(difference())
  }
  let s = 0
  let n = 0
  while (s < stored.storeIds.length || n < now.storeIds.length) {
    const storedId = stored.storeIds[s]
    const nowId = now.storeIds[n]
    if (storedId === undefined || nowId! < storedId) {
      tell('added', () => ({ storeId: nowId!, ...noRows, now: form.rowsAt(now, n)[0]! }))
      n++
    } else if (nowId === undefined || storedId < nowId) {
      tell('gone', () => ({ storeId: storedId, ...noRows, stored: form.rowsAt(stored, s)[0]! }))
      s++
    } else {
      const difference = differenceAt(stored, s, now, n, form)
      if (difference !== undefined) tell('differing', difference)
      s++
      n++
    }
  }
  counts.compared = s
  return { ...counts, first }
}

const noRows = { stored: null, now: null, csv: null }

/** What differs of a store, to be worded where it is told. */
function differenceAt(
  stored: ComparedStores,
  s: number,
  now: ComparedStores,
  n: number,
  form: RowForm,
): (() => ReportDifference) | undefined {
  const storeId = stored.storeIds[s]!
  const lines = { stored: stored.lines[s] ?? '', now: now.lines[n] ?? '' }
  if (!haveSameTotals(stored, s, now, n, form)) {
    return () => ({ storeId, ...firstOtherRow(form.rowsAt(stored, s), form.rowsAt(now, n)), csv: null })
  }
  if (lines.stored === lines.now) return undefined
  return () => ({ storeId, stored: form.rowsAt(stored, s)[0]!, now: form.rowsAt(now, n)[0]!, csv: lines })
}

/** Of a store that was deleted and has come back the key is another. */
function haveSameTotals(
  stored: PackedStores,
  s: number,
  now: PackedStores,
  n: number,
  { wordsPerStore }: RowForm,
): boolean {
  for (let word = 1; word < wordsPerStore; word++) {
    if (stored.totals[s * wordsPerStore + word] !== now.totals[n * wordsPerStore + word]) return false
  }
  return true
}

function firstOtherRow(stored: readonly AnyRow[], now: readonly AnyRow[]): { stored: AnyRow; now: AnyRow } {
  const row = stored.findIndex((each, i) => haveOtherFigures(each, now[i]!))
  return { stored: stored[row]!, now: now[row]! }
}
