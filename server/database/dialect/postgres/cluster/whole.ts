/**
 * Citus has no snapshot across machines: what a transaction has written becomes visible on one of them after the other. So whoever
 * writes polls commits while nobody reads them, and whoever reads them does so while nobody commits. Where a commit has not come
 * to its end on a machine, as something was killed in the middle of it, nobody reads or writes until Citus has ended it.
 */
import { sql, type Transaction } from 'kysely'
import type { PoolClient } from 'pg'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../../../../shared/app-error.ts'
import type { Database } from '../../../schema.ts'

/** A table that is there where polls are spread: a number on each machine, which every commit of polls counts up. */
export const COMMITS = 'cluster_commit'
/** A function that tells how many commits a machine has not come to the end of. */
export const UNFINISHED = 'store_monitor_unfinished'

/** Whoever reads is gone after so much silence: it keeps others from committing. */
const READER_IDLE_MS = 10_000
const LONGEST_READING_MS = 120_000

const ASK_AGAIN_MS = 250
const ENDED_WITHIN_MS = 20_000

const unfinishedCommits = `select max(${UNFINISHED}()) as unfinished from ${COMMITS}`

// A lock of a table, unlike others, is taken before the transaction sees anything.
const beginReading = `begin; set local idle_in_transaction_session_timeout = ${READER_IDLE_MS};
  lock table poll_batch in row share mode`

/** Whether polls are spread over machines. */
export async function isSpread(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ is: boolean }>(`select to_regclass('${COMMITS}') is not null as is`)
  return rows[0]!.is
}

/** Begins a transaction that sees what others commit as a whole or not at all. */
export async function beginWhole(client: PoolClient): Promise<unknown> {
  const giveUpAt = performance.now() + ENDED_WITHIN_MS
  for (;;) {
    try {
      const begun = await client.query(beginReading)
      const { rows } = await client.query<Unfinished>({ name: UNFINISHED, text: unfinishedCommits })
      if (isWhole(rows)) return begun
      if (performance.now() > giveUpAt) throw notEnded()
    } catch (error) {
      await client.query('rollback').catch(() => {}) // it is lost, as the error says
      throw error
    }
    await client.query('rollback')
    await delay(ASK_AGAIN_MS)
  }
}

interface Unfinished {
  readonly unfinished: number | null
}

function isWhole([row]: readonly Unfinished[]): boolean {
  return (row?.unfinished ?? 0) === 0
}

function notEnded(): AppError {
  return new AppError(
    'unavailable',
    'a commit has not come to its end on a machine of the cluster: try again; Citus ends it by itself, as often as citus.recover_2pc_interval says',
  )
}

/** To be called once a transaction that is to write polls has them alone. */
export async function requireWhole(tx: Transaction<Database>): Promise<void> {
  const giveUpAt = performance.now() + ENDED_WITHIN_MS
  for (;;) {
    const { rows } = await sql<Unfinished>`${sql.raw(unfinishedCommits)}`.execute(tx)
    if (isWhole(rows)) return
    if (performance.now() > giveUpAt) throw notEnded()
    await delay(ASK_AGAIN_MS)
  }
}

/**
 * To be called before such a transaction commits: waits until nobody reads. As all machines are written to, Citus commits in two
 * phases, also where polls are of one machine alone: they would else be there before all else that is said of them.
 */
export async function waitForReaders(tx: Transaction<Database>): Promise<void> {
  // What the coordinator forgot in a crash would stay on the other machines.
  await sql`set local synchronous_commit = on`.execute(tx)
  await sql`set local lock_timeout = ${sql.lit(LONGEST_READING_MS)}`.execute(tx)
  await sql`lock table poll_batch in exclusive mode`.execute(tx)
  await sql`update ${sql.table(COMMITS)} set number = number + 1`.execute(tx)
}
