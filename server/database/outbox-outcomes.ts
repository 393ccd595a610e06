import type { ExpressionBuilder, Updateable } from 'kysely'
import { AppError } from '../../shared/app-error.ts'
import type { OutboxTable } from './alert-tables.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import type { OutboxRow } from './outbox-events.ts'
import type { Database } from './schema.ts'

type Claimed = Pick<OutboxRow, 'outbox_key' | 'channel' | 'incident'>

/** Records that rows arrived; false where they are somebody else's by now. */
export function endDelivered(
  tx: Db,
  claimed: readonly Claimed[],
  owner: string,
  { at, answer }: { readonly at: number; readonly answer: string },
): Promise<boolean> {
  return updateClaimed(tx, claimed, owner, { state: 'delivered', ended_at: at, answer })
}

/** Records that an attempt failed, and when the next is; false likewise. */
export function putOff(
  tx: Db,
  claimed: readonly Claimed[],
  owner: string,
  { dueAt, answer }: { readonly dueAt: number; readonly answer: string },
): Promise<boolean> {
  return updateClaimed(tx, claimed, owner, { due_at: dueAt, answer })
}

/** Lets rows go of which it is not known whether they arrived, as the process ends: who takes them over sees whose they were. */
export async function letGo(tx: Db, claimed: readonly Claimed[], owner: string): Promise<void> {
  for (const some of chunks(claimed)) {
    await tx
      .updateTable('outbox')
      .set((eb) => ({ attempts: eb('attempts', '-', 1), claimed_until: null }))
      .where('outbox_key', 'in', keysOf(some))
      .where('claimed_by', '=', owner)
      .execute()
  }
}

/** Gives rows up, and those of their incidents behind them: they would be out of order. False likewise. */
export async function giveUp(
  tx: Db,
  claimed: readonly Claimed[],
  owner: string,
  { at, answer }: { readonly at: number; readonly answer: string },
): Promise<boolean> {
  if (!(await updateClaimed(tx, claimed, owner, { state: 'dead', ended_at: at, answer }))) return false
  for (const some of chunks(claimed)) {
    await tx
      .updateTable('outbox')
      .set({ state: 'dead', ended_at: at, answer: 'the message before it was given up' })
      .where(isOfSame(some))
      .where('state', '=', 'waiting')
      .execute()
  }
  return true
}

/** Has a dead letter sent again, and those of its incidents that were given up with it. */
export async function reviveDead(tx: Db, messageId: string, nowMs: number): Promise<void> {
  const found = await tx
    .selectFrom('outbox')
    .select(['outbox_key', 'channel', 'incident', 'state'])
    .where('message_id', '=', messageId)
    .execute()
  const [first] = found
  if (first === undefined) {
    throw new AppError(
      'not-found',
      `there is no message "${messageId}": "store-monitor alerts outbox" lists them`,
    )
  }
  if (first.state !== 'dead') {
    const why = first.state === 'delivered' ? 'it was delivered' : 'it is still to be delivered'
    throw new AppError('conflict', `message "${messageId}" is no dead letter: ${why}`)
  }
  for (const some of chunks(found)) {
    await tx
      .updateTable('outbox')
      .set({ state: 'waiting', attempts: 0, due_at: nowMs, ended_at: null })
      .where(isOfSame(some))
      .where('state', '=', 'dead')
      .execute()
  }
}

/** Whether a row is of the channel, and of one of the incidents, of these. */
function isOfSame(rows: readonly Claimed[]) {
  const incidents = [...new Set(rows.map(({ incident }) => incident))]
  return ({ eb, and }: ExpressionBuilder<Database, 'outbox'>) =>
    and([eb('channel', '=', rows[0]!.channel), eb('incident', 'in', incidents)])
}

async function updateClaimed(
  tx: Db,
  claimed: readonly Claimed[],
  owner: string,
  values: Updateable<OutboxTable>,
): Promise<boolean> {
  let updated = 0n
  for (const some of chunks(claimed)) {
    const { numUpdatedRows } = await tx
      .updateTable('outbox')
      .set({ ...values, claimed_by: null, claimed_until: null })
      .where('outbox_key', 'in', keysOf(some))
      .where('claimed_by', '=', owner)
      .executeTakeFirst()
    updated += numUpdatedRows
  }
  return updated > 0n
}

function keysOf(rows: readonly Claimed[]): number[] {
  return rows.map(({ outbox_key }) => outbox_key)
}
