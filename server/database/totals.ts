import type { Db } from './connect.ts'
import type { Database } from './schema.ts'
import type { Transaction } from 'kysely'

/** What there is of polls, kept up to date in each transaction that changes it. */
export interface Totals {
  readonly polls: number
  readonly tailRows: number
  readonly tailPolls: number
}

const none: Totals = { polls: 0, tailRows: 0, tailPolls: 0 }
const more = new WeakMap<Db, Totals>()

/** Has a transaction of `writeAlone` add to the totals when its work is done; once, however often it is called. */
export function addToTotals(tx: Db, added: Partial<Totals>): void {
  const { polls, tailRows, tailPolls } = more.get(tx) ?? none
  more.set(tx, {
    polls: polls + (added.polls ?? 0),
    tailRows: tailRows + (added.tailRows ?? 0),
    tailPolls: tailPolls + (added.tailPolls ?? 0),
  })
}

/** Does so. */
export async function writeTotals(tx: Transaction<Database>): Promise<void> {
  const { polls, tailRows, tailPolls } = more.get(tx) ?? none
  if (polls === 0 && tailRows === 0 && tailPolls === 0) return
  await tx
    .updateTable('poll_batch')
    .set((eb) => ({
      polls: eb('polls', '+', polls),
      tail_rows: eb('tail_rows', '+', tailRows),
      tail_polls: eb('tail_polls', '+', tailPolls),
    }))
    .execute()
}

export async function readTotals(db: Db): Promise<Totals> {
  const { polls, tail_rows, tail_polls } = await db
    .selectFrom('poll_batch')
    .select(['polls', 'tail_rows', 'tail_polls'])
    .executeTakeFirstOrThrow()
  return { polls: Number(polls), tailRows: Number(tail_rows), tailPolls: Number(tail_polls) }
}
