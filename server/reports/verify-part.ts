import type { StoreId } from '../../shared/ids.ts'
import type { AnyRow, ReportDifference } from '../../shared/verification.ts'
import type { Db } from '../database/connect.ts'
import { readPart, type DonePart } from '../database/report-results.ts'
import { storeIdFurtherOn } from '../database/stores.ts'
import type { Asked } from './asked.ts'
import { mostStoresAtOnce, timeOf } from './asked-time.ts'
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
  /** Of all these stores. */
  readonly storeKeys: readonly number[]
  /** In ascending order of id. */
  readonly first: readonly ReportDifference[]
}

/** Computes stores of a complete report's part again, some at a time, and compares them with what is stored. */
export async function verifyPart(
  db: Db,
  generator: Generator,
  { reportKey, part, asked }: { reportKey: number; part: PartToVerify; asked: Asked },
): Promise<PartVerification> {
  const form = rowFormOf(asked)
  const stored = {
    ...(await readStoredStores(db, reportKey, part, form)),
    lines: linesOf(await readPart(db, reportKey, part.part, 'csv')),
  }
  const comparison = createComparison(stored, form)
  const end = stored.storeIds[part.stores] ?? part.nextStoreId
  for await (const range of rangesOf(db, part.firstStoreId, end, mostStoresAtOnce(timeOf(asked)))) {
    const [result] = await generator.parts([{ part: part.part, ...range }], asked)
    const now = { ...(await computedStores(db, result!, form)), lines: linesOf(result!.csv) }
    comparison.compare(now, range.nextStoreId)
  }
  return comparison.found
}

/** Stores that follow each other from one to before another, at most so many as there are now at a time. */
async function* rangesOf(
  db: Db,
  first: StoreId,
  end: StoreId | null,
  most: number,
): AsyncGenerator<{ readonly firstStoreId: StoreId; readonly nextStoreId: StoreId | null }> {
  for (let firstStoreId = first; ;) {
    const next = await storeIdFurtherOn(db, firstStoreId, most)
    if (next === undefined || (end !== null && next >= end)) {
      yield { firstStoreId, nextStoreId: end }
      return
    }
    yield { firstStoreId, nextStoreId: next }
    firstStoreId = next
  }
}

interface ComparedStores extends PackedStores {
  /** Of the CSV, in the same order; none of a report by period, whose file is written when it is asked for. */
  readonly lines: readonly string[]
}

function linesOf(csv: Uint8Array): string[] {
  const text = Buffer.from(csv.buffer, csv.byteOffset, csv.byteLength).toString('latin1')
  return text === '' ? [] : text.split('\n')
}

interface Comparison {
  readonly found: PartVerification
  /** Compares the stores that come next, to before the one with an id, or to the last. */
  compare(now: ComparedStores, before: StoreId | null): void
}

/** Walks what is stored and what comes out now, which both are in ascending order of id, side by side. */
function createComparison(stored: ComparedStores, form: RowForm): Comparison {
  const first: ReportDifference[] = []
  const storeKeys: number[] = []
  const found = { compared: 0, differing: 0, added: 0, gone: 0, storeKeys, first }
  const keyAt = ({ totals }: PackedStores, place: number) => totals[place * form.wordsPerStore]!
  const tell = (
    what: 'differing' | 'added' | 'gone',
    keys: readonly number[],
    difference: () => ReportDifference,
  ) => {
    found[what]++
    storeKeys.push(...keys)
    if (first.length < MOST_TOLD) first.push(difference())
  }
  return {
    found,
    compare(now, before) {
      for (let n = 0; ;) {
        const s = found.compared
        const storedId = stored.storeIds[s]
        const nowId = now.storeIds[n]
        const isStored = storedId !== undefined && (before === null || storedId < before)
        if (!isStored && nowId === undefined) return
        if (!isStored || nowId! < storedId) {
          tell('added', [keyAt(now, n)], () => ({ storeId: nowId!, ...noRows, now: form.rowsAt(now, n)[0]! }))
          n++
          continue
        }
        found.compared++
        if (nowId === storedId) {
          const difference = differenceAt(stored, s, now, n, form)
          if (difference !== undefined) tell('differing', [keyAt(stored, s), keyAt(now, n)], difference)
          n++
        } else {
          tell('gone', [keyAt(stored, s)], () => ({
            storeId: storedId,
            ...noRows,
            stored: form.rowsAt(stored, s)[0]!,
          }))
        }
      }
    },
  }
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
