import { addToTotals } from '../totals.ts'
import type { WriteTx } from '../write-alone.ts'
import { tailRowOf, type StoreWords, type TailPlace, type TailRow } from './tail-row.ts'

/** Puts polls into the tail: a row of them. */
export async function insertRow(
  tx: WriteTx,
  place: TailPlace,
  batch: number,
  stores: readonly StoreWords[],
): Promise<void> {
  await putRow(tx, place, batch, tailRowOf(stores, place))
}

/** Where the row is there already, it has the same polls. */
export async function putRow(tx: WriteTx, place: TailPlace, batch: number, row: TailRow): Promise<void> {
  const { numInsertedOrUpdatedRows: rows = 0n } = await tx
    .insertInto('poll_tail')
    .values({ ...place, batch, ...row })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (rows > 0n) addToTotals(tx, { tailRows: 1, tailPolls: row.poll_count })
}

/** Which rows of a place: those behind one batch, and up to another. */
export interface Batches {
  readonly after: number
  readonly last: number
}

export const allBatches: Batches = { after: -1, last: Number.MAX_SAFE_INTEGER }

export async function deleteRows(
  tx: WriteTx,
  { week, chunk }: TailPlace,
  { after, last }: Batches = allBatches,
): Promise<void> {
  const gone = await tx
    .deleteFrom('poll_tail')
    .where('week', '=', week)
    .where('chunk', '=', chunk)
    .where('batch', '>', after)
    .where('batch', '<=', last)
    .returning('poll_count')
    .execute()
  const tailPolls = gone.reduce((sum, { poll_count }) => sum + poll_count, 0)
  addToTotals(tx, { tailRows: -gone.length, tailPolls: -tailPolls })
}
