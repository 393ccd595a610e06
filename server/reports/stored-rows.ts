import type { StoreId } from '../../shared/ids.ts'
import type { AnyRow } from '../../shared/verification.ts'
import type { Db } from '../database/connect.ts'
import { readPart, type DonePart, type PartResult } from '../database/report-results.ts'
import { readStoreIds } from '../database/store-ids.ts'
import { wordsOfBytes, type Words } from '../uptime/words.ts'
import type { Asked } from './asked.ts'
import { namesOfPeriods } from './asked-time.ts'
import { periodRows, wordsPerStore } from './period-totals.ts'
import { reportRowAt, WORDS_PER_STORE } from './totals.ts'
import { readUncorrected, uncorrectedOf, type Uncorrected } from './uncorrected.ts'

/** How the totals of a report are packed, whatever it is by. */
export interface RowForm {
  readonly wordsPerStore: number
  /** The rows of the store at a place: one, or one for each period. */
  rowsAt(stores: PackedStores, place: number): AnyRow[]
}

/** Stores in ascending order of id, and their totals in the same order. */
export interface PackedStores {
  readonly storeIds: readonly StoreId[]
  readonly totals: Words
  readonly uncorrected: Uncorrected | undefined
}

export function rowFormOf({ periods }: Pick<Asked, 'periods'>): RowForm {
  if (periods === undefined) {
    return {
      wordsPerStore: WORDS_PER_STORE,
      rowsAt: ({ totals, storeIds, uncorrected }, place) => [
        reportRowAt(totals, place, storeIds[place]!, uncorrected),
      ],
    }
  }
  const names = namesOfPeriods(periods)
  return {
    wordsPerStore: wordsPerStore(names.length),
    rowsAt: ({ totals, storeIds, uncorrected }, place) =>
      periodRows(totals, place, storeIds[place]!, names, uncorrected),
  }
}

/** The stores of a complete report's part as they are stored. */
export async function readStoredStores(
  db: Db,
  reportKey: number,
  part: DonePart,
  { wordsPerStore }: RowForm,
): Promise<PackedStores> {
  const totals = wordsOfBytes(await readPart(db, reportKey, part.part, 'totals'))
  return {
    totals,
    storeIds: await idsOf(db, totals, wordsPerStore),
    uncorrected: await readUncorrected(db, reportKey, part, wordsPerStore),
  }
}

/** The stores of a part as they have been computed. */
export async function computedStores(
  db: Db,
  result: PartResult,
  { wordsPerStore }: RowForm,
): Promise<PackedStores> {
  const totals = wordsOfBytes(result.totals)
  return {
    totals,
    storeIds: await idsOf(db, totals, wordsPerStore),
    uncorrected: result.uncorrected && uncorrectedOf(wordsOfBytes(result.uncorrected), wordsPerStore),
  }
}

async function idsOf(db: Db, totals: Words, wordsPerStore: number): Promise<StoreId[]> {
  const keys: number[] = []
  for (let at = 0; at < totals.length; at += wordsPerStore) keys.push(totals[at]!)
  const idOf = await readStoreIds(db, keys)
  return keys.map((key) => idOf.get(key)!)
}

/** Whether two rows of a store have other figures. Those without corrections are not stored of every report. */
export function haveOtherFigures(a: AnyRow, b: AnyRow): boolean {
  return figuresOf(a) !== figuresOf(b)
}

function figuresOf(row: AnyRow): string {
  return JSON.stringify({ ...row, uncorrected: null })
}
