import type { StoreId } from '../../shared/ids.ts'
import type { Db } from '../database/connect.ts'
import { noCursor } from '../database/cursor.ts'
import { listDoneParts, readPart, type DonePart } from '../database/report-results.ts'
import { readStoreIds } from '../database/store-ids.ts'
import { wordsOfBytes } from '../uptime/words.ts'
import { storeCountOf, storeKeyAt, WORDS_PER_STORE, type PackedTotals } from './totals.ts'
import { readUncorrected, type Uncorrected } from './uncorrected.ts'

export interface RowsOfPart {
  readonly totals: PackedTotals
  /** In the order of the totals. */
  readonly storeIds: readonly StoreId[]
  /** undefined where corrections change nothing. */
  readonly uncorrected: Uncorrected | undefined
}

/** The rows of a complete report, a part at a time, in ascending order of store id. */
export async function* rowsByPart(db: Db, reportKey: number): AsyncGenerator<RowsOfPart> {
  for (const part of await listDoneParts(db, reportKey)) yield readRowsOfPart(db, reportKey, part)
}

/** The totals of a complete report, a part at a time, for what asks for no ids. */
export async function* totalsByPart(db: Db, reportKey: number): AsyncGenerator<PackedTotals> {
  for (const { part } of await listDoneParts(db, reportKey)) {
    yield wordsOfBytes(await readPart(db, reportKey, part, 'totals'))
  }
}

export function containsText(storeId: StoreId, text: string): boolean {
  return storeId.toLowerCase().includes(text.toLowerCase())
}

export function parseOffset(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  if (/^\d{1,12}$/.test(cursor)) return Number(cursor)
  throw noCursor(cursor, 'these rows')
}

async function readRowsOfPart(db: Db, reportKey: number, part: DonePart): Promise<RowsOfPart> {
  const totals = wordsOfBytes(await readPart(db, reportKey, part.part, 'totals'))
  const storeKeys = Array.from({ length: storeCountOf(totals) }, (_, store) => storeKeyAt(totals, store))
  const idOf = await readStoreIds(db, storeKeys)
  return {
    totals,
    storeIds: storeKeys.map((storeKey) => idOf.get(storeKey)!),
    uncorrected: await readUncorrected(db, reportKey, part, WORDS_PER_STORE),
  }
}
