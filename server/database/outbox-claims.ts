import { sql, type Selectable } from 'kysely'
import type { AlertEventTable, OutboxTable } from './alert-tables.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'

/** For how long a claim holds: longer than any attempt takes, so that only those of a process that is gone run out. */
const CLAIM_MS = 45_000

export interface ClaimedMessage extends Selectable<OutboxTable> {
  readonly kind: AlertEventTable['kind']
  readonly at: number
  readonly payload: string
}

/** How many messages of each channel could be sent now. */
export async function readDue(db: Db, nowMs: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('outbox')
    .leftJoin('alert_channel', 'alert_channel.name', 'outbox.channel')
    .select(({ fn }) => ['channel', fn.countAll<number>().as('messages')])
    .where('state', '=', 'waiting')
    .where('due_at', '<=', nowMs)
    .where(isUnclaimed(db))
    .where('disabled_at', 'is', null)
    .groupBy('channel')
    .execute()
  return new Map(rows.map(({ channel, messages }) => [channel, Number(messages)]))
}

/**
 * Takes the message of a channel that has been due for longest, and whose incident has none before it that is not delivered; undefined
 * where there is none. An attempt is counted, so that one that ends the process is not made for ever.
 */
export async function claimMessage(
  db: Db,
  { channel, owner, nowMs }: { readonly channel: string; readonly owner: string; readonly nowMs: number },
): Promise<ClaimedMessage | undefined> {
  const { clock, locksRows } = dialectOf(db)
  const next = db
    .selectFrom('outbox as next')
    .select('next.outbox_key')
    .where('next.state', '=', 'waiting')
    .where('next.channel', '=', channel)
    .where('next.due_at', '<=', nowMs)
    .where(isUnclaimed(db))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('alert_channel')
            .select('name')
            .where('name', '=', channel)
            .where('disabled_at', 'is not', null),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('outbox as before')
            .select('before.outbox_key')
            .where('before.channel', '=', channel)
            .whereRef('before.incident', '=', 'next.incident')
            .whereRef('before.sequence', '<', 'next.sequence')
            .where('before.state', '=', 'waiting'),
        ),
      ),
    )
    .orderBy('next.due_at')
    .orderBy('next.outbox_key')
    .limit(1)
    // Whoever looks at the same time takes another.
    .$if(locksRows, (query) => query.forUpdate('next').skipLocked())
  const claimed = await db
    .updateTable('outbox')
    .set((eb) => ({
      claimed_by: owner,
      claimed_until: sql<number>`${clock} + ${sql.lit(CLAIM_MS)}`,
      attempts: eb('attempts', '+', 1),
    }))
    .where('outbox_key', '=', next)
    .where('state', '=', 'waiting')
    .where(isUnclaimed(db))
    .returning('outbox_key')
    .executeTakeFirst()
  return claimed && readMessage(db, claimed.outbox_key)
}

/** Takes a message that is there, also of a channel that is disabled; undefined where another is at it. */
export async function claimById(
  db: Db,
  messageId: string,
  owner: string,
): Promise<ClaimedMessage | undefined> {
  const { clock } = dialectOf(db)
  const claimed = await db
    .updateTable('outbox')
    .set((eb) => ({
      claimed_by: owner,
      claimed_until: sql<number>`${clock} + ${sql.lit(CLAIM_MS)}`,
      attempts: eb('attempts', '+', 1),
    }))
    .where('message_id', '=', messageId)
    .where('state', '=', 'waiting')
    .where(isUnclaimed(db))
    .returning('outbox_key')
    .executeTakeFirst()
  return claimed && readMessage(db, claimed.outbox_key)
}

function readMessage(db: Db, outboxKey: number): Promise<ClaimedMessage> {
  return db
    .selectFrom('outbox')
    .innerJoin('alert_event', (join) =>
      join
        .onRef('alert_event.incident', '=', 'outbox.incident')
        .onRef('alert_event.sequence', '=', 'outbox.sequence'),
    )
    .selectAll('outbox')
    .select(['kind', 'at', 'payload'])
    .where('outbox_key', '=', outboxKey)
    .executeTakeFirstOrThrow()
}

function isUnclaimed(db: Db) {
  const { clock } = dialectOf(db)
  return sql<boolean>`(claimed_until is null or claimed_until <= ${clock})`
}
