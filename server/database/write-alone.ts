import type { Transaction } from 'kysely'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import type { Database } from './schema.ts'
import { writeTotals } from './totals.ts'

declare const alone: unique symbol

/**
 * A transaction beside which nobody else writes what it reads and writes: stores and their keys, rules, polls. Only
 * `writeAlone` makes one.
 */
export type WriteTx = Transaction<Database> & { readonly [alone]: true }

/** What two transactions must not do at once: to change the data, or to answer the same request. */
export type Subject = 'data' | `request ${string}`

const pauses = new WeakMap<WriteTx, () => Promise<void>>()

/**
 * Runs `work` in a transaction that waits until no other has the subject. SQLite has one writer anyway; other databases
 * have many. `pause` is called now and then where it takes long: to let the thread do other things, or to end it by an error.
 */
export function writeAlone<Result>(
  db: Db,
  subject: Subject,
  work: (tx: WriteTx) => Promise<Result>,
  pause?: () => Promise<void>,
): Promise<Result> {
  return db.transaction().execute(async (transaction) => {
    await dialectOf(db).lock(transaction, subject)
    const tx = transaction as WriteTx
    if (pause !== undefined) pauses.set(tx, pause)
    const result = await work(tx)
    await writeTotals(tx)
    await dialectOf(db).beforeCommit(tx)
    return result
  })
}

/** To be called between the steps of what takes long. */
export async function pauseIn(tx: WriteTx): Promise<void> {
  await pauses.get(tx)?.()
}
