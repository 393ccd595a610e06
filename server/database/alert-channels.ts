import type { Selectable } from 'kysely'
import type { AlertChannelTable } from './alert-tables.ts'
import type { Db } from './connect.ts'

export interface StoredChannel extends Selectable<AlertChannelTable> {
  readonly waiting: number
  readonly dead: number
}

/** How channels have been, by name: all of which there is something to tell. */
export async function readChannels(db: Db): Promise<Map<string, StoredChannel>> {
  const counted = await db
    .selectFrom('outbox')
    .select(({ fn }) => ['channel', 'state', fn.countAll<number>().as('messages')])
    .where('state', 'in', ['waiting', 'dead'])
    .groupBy(['channel', 'state'])
    .orderBy('channel')
    .execute()
  const stored = await db.selectFrom('alert_channel').selectAll().orderBy('name').execute()
  const countOf = (name: string, state: 'waiting' | 'dead') =>
    Number(counted.find((row) => row.channel === name && row.state === state)?.messages ?? 0)
  const names = new Set([...stored.map(({ name }) => name), ...counted.map(({ channel }) => channel)])
  return new Map(
    [...names].map((name) => [
      name,
      {
        ...(stored.find((row) => row.name === name) ?? unknownChannel(name)),
        waiting: countOf(name, 'waiting'),
        dead: countOf(name, 'dead'),
      },
    ]),
  )
}

function unknownChannel(name: string): Selectable<AlertChannelTable> {
  return { name, failing_since: null, disabled_at: null, last_delivered_at: null, last_error: null }
}

/** It works; whether it did before. */
export async function noteDelivered(tx: Db, name: string, at: number): Promise<boolean> {
  const before = await tx
    .selectFrom('alert_channel')
    .select('failing_since')
    .where('name', '=', name)
    .executeTakeFirst()
  const values = { failing_since: null, disabled_at: null, last_delivered_at: at, last_error: null }
  await tx
    .insertInto('alert_channel')
    .values({ name, ...values })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .execute()
  return (before?.failing_since ?? null) === null
}

/** It does not: since when, and how it was before. */
export async function noteFailed(
  tx: Db,
  name: string,
  at: number,
  error: string,
): Promise<{ readonly failingSince: number; readonly failedBefore: boolean }> {
  const before = await tx
    .selectFrom('alert_channel')
    .select('failing_since')
    .where('name', '=', name)
    .executeTakeFirst()
  const failingSince = before?.failing_since ?? at
  const values = { failing_since: failingSince, last_error: error }
  await tx
    .insertInto('alert_channel')
    .values({ name, ...values })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .execute()
  return { failingSince, failedBefore: (before?.failing_since ?? null) !== null }
}

/** Has nothing be tried by it any more; false where another has done so already. */
export async function disableChannel(tx: Db, name: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('alert_channel')
    .set({ disabled_at: at })
    .where('name', '=', name)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
