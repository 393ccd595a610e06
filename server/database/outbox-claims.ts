import { sql } from 'kysely'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { outboxWithEvents, type OutboxRow } from './outbox-events.ts'

/** For how long a claim holds: longer than any attempt takes, so that only those of a process that is gone run out. */
const CLAIM_MS = 45_000

/** What is sent at once. */
export interface ClaimedMessage {
  readonly messageId: string
  readonly channel: string
  /** What it tells, in the order in which that was recorded. */
  readonly rows: readonly [OutboxRow, ...OutboxRow[]]
}

/** How many messages of each channel could be sent now. */
export async function readDue(db: Db, nowMs: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('outbox')
    .leftJoin('alert_channel', 'alert_channel.name', 'outbox.channel')
    .select(({ fn }) => ['channel', fn.countAll<number>().as('messages')])
    .where('state', '=', 'waiting')
    .where('due_at', '<=', nowMs)
    .where('silence_id', 'is', null)
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
  const { locksRows } = dialectOf(db)
  const next = db
    .selectFrom('outbox as next')
    .select('next.outbox_key')
    .where('next.state', '=', 'waiting')
    .where('next.channel', '=', channel)
    .where('next.due_at', '<=', nowMs)
    .where('next.silence_id', 'is', null)
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
            .whereRef('before.incident', '=', 'next.incident')
            .whereRef('before.sequence', '<', 'next.sequence')
            .where('before.channel', '=', channel)
            .where('before.state', '=', 'waiting'),
        ),
      ),
    )
    .orderBy('next.due_at')
    .orderBy('next.outbox_key')
    .limit(1)
    // Whoever looks at the same time takes another.
    .$if(locksRows, (query) => query.forUpdate('next').skipLocked())
  const claimed = await claiming(db, owner).where('outbox_key', '=', next).executeTakeFirst()
  return claimed && claimedMessage(await readRows(db, [claimed.outbox_key]))
}

/** Takes a message that is there, also of a channel that is disabled; undefined where another is at it. */
export async function claimById(
  db: Db,
  messageId: string,
  owner: string,
): Promise<ClaimedMessage | undefined> {
  const claimed = await claiming(db, owner).where('message_id', '=', messageId).execute()
  return claimedMessage(
    await readRows(
      db,
      claimed.map(({ outbox_key }) => outbox_key),
    ),
  )
}

/** Takes rows to be told by one message. */
export async function claimRows(
  tx: Db,
  keys: readonly number[],
  owner: string,
  messageIdOf: (rows: readonly OutboxRow[]) => string,
): Promise<ClaimedMessage | undefined> {
  const rows = await readRows(tx, keys)
  const messageId = messageIdOf(rows)
  for (const some of chunks(keys)) {
    await claiming(tx, owner).set({ message_id: messageId }).where('outbox_key', 'in', some).execute()
  }
  return claimedMessage(rows.map((row) => ({ ...row, message_id: messageId, attempts: row.attempts + 1 })))
}

/** Whether somebody is at a message of a channel. */
export async function isBeingSent(tx: Db, channel: string): Promise<boolean> {
  const { clock } = dialectOf(tx)
  const claimed = await tx
    .selectFrom('outbox')
    .select('outbox_key')
    .where('state', '=', 'waiting')
    .where('channel', '=', channel)
    .where(sql<boolean>`claimed_until > ${clock}`)
    .limit(1)
    .executeTakeFirst()
  return claimed !== undefined
}

function claiming(db: Db, owner: string) {
  const { clock } = dialectOf(db)
  return db
    .updateTable('outbox')
    .set((eb) => ({
      claimed_by: owner,
      claimed_until: sql<number>`${clock} + ${sql.lit(CLAIM_MS)}`,
      attempts: eb('attempts', '+', 1),
    }))
    .where('state', '=', 'waiting')
    .where(isUnclaimed(db))
    .returning('outbox_key')
}

async function readRows(db: Db, keys: readonly number[]): Promise<OutboxRow[]> {
  const rows: OutboxRow[] = []
  for (const some of chunks(keys)) {
    const read = outboxWithEvents(db).where('outbox_key', 'in', some).orderBy('outbox_key')
    rows.push(...(await read.execute()))
  }
  return rows
}

function claimedMessage(rows: readonly OutboxRow[]): ClaimedMessage | undefined {
  const [first, ...others] = rows
  if (first === undefined) return undefined
  return { messageId: first.message_id, channel: first.channel, rows: [first, ...others] }
}

function isUnclaimed(db: Db) {
  const { clock } = dialectOf(db)
  return sql<boolean>`(claimed_until is null or claimed_until <= ${clock})`
}
