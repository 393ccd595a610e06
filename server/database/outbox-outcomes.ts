import { AppError } from '../../shared/app-error.ts'
import type { Updateable } from 'kysely'
import type { OutboxTable } from './alert-tables.ts'
import type { Db } from './connect.ts'
import type { ClaimedMessage } from './outbox-claims.ts'

type Claimed = Pick<ClaimedMessage, 'outbox_key' | 'channel' | 'incident'>

/** Records that a message arrived; false where it is somebody else's by now. */
export function endDelivered(
  tx: Db,
  claimed: Claimed,
  owner: string,
  outcome: { readonly at: number; readonly answer: string },
): Promise<boolean> {
  return updateClaimed(tx, claimed, owner, {
    state: 'delivered',
    ended_at: outcome.at,
    answer: outcome.answer,
  })
}

/** Records that an attempt failed, and when the next is; false likewise. */
export function putOff(
  tx: Db,
  claimed: Claimed,
  owner: string,
  outcome: { readonly dueAt: number; readonly answer: string },
): Promise<boolean> {
  return updateClaimed(tx, claimed, owner, { due_at: outcome.dueAt, answer: outcome.answer })
}

/** Lets a message go of which it is not known whether it arrived, as the process ends. */
export async function letGo(tx: Db, { outbox_key }: Claimed, owner: string): Promise<void> {
  await tx
    .updateTable('outbox')
    .set((eb) => ({ attempts: eb('attempts', '-', 1), claimed_by: null, claimed_until: null }))
    .where('outbox_key', '=', outbox_key)
    .where('claimed_by', '=', owner)
    .execute()
}

/** Gives a message up, and those of the incident behind it: they would be out of order. False likewise. */
export async function giveUp(
  tx: Db,
  claimed: Claimed,
  owner: string,
  outcome: { readonly at: number; readonly answer: string },
): Promise<boolean> {
  const { at, answer } = outcome
  if (!(await updateClaimed(tx, claimed, owner, { state: 'dead', ended_at: at, answer }))) return false
  await tx
    .updateTable('outbox')
    .set({ state: 'dead', ended_at: at, answer: 'the message before it was given up' })
    .where('channel', '=', claimed.channel)
    .where('incident', '=', claimed.incident)
    .where('state', '=', 'waiting')
    .execute()
  return true
}

/** Has a dead letter sent again, and those of its incident that were given up with it: how many. */
export async function reviveDead(tx: Db, messageId: string, nowMs: number): Promise<number> {
  const found = await tx
    .selectFrom('outbox')
    .select(['channel', 'incident', 'state'])
    .where('message_id', '=', messageId)
    .executeTakeFirst()
  if (found === undefined) {
    throw new AppError(
      'not-found',
      `there is no message "${messageId}": "store-monitor alerts outbox" lists them`,
    )
  }
  if (found.state !== 'dead') {
    const why = found.state === 'delivered' ? 'it was delivered' : 'it is still to be delivered'
    throw new AppError('conflict', `message "${messageId}" is no dead letter: ${why}`)
  }
  const { numUpdatedRows } = await tx
    .updateTable('outbox')
    .set({ state: 'waiting', attempts: 0, due_at: nowMs, ended_at: null })
    .where('channel', '=', found.channel)
    .where('incident', '=', found.incident)
    .where('state', '=', 'dead')
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

async function updateClaimed(
  tx: Db,
  { outbox_key }: Claimed,
  owner: string,
  values: Updateable<OutboxTable>,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('outbox')
    .set({ ...values, claimed_by: null, claimed_until: null })
    .where('outbox_key', '=', outbox_key)
    .where('claimed_by', '=', owner)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
