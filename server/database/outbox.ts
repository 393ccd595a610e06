import type { OutboxMessage, OutboxPage, OutboxQuery } from '../../shared/alert.ts'
import { formatTimestamp, formatTimestampOrNull } from '../../shared/timestamp.ts'
import type { Db } from './connect.ts'
import { numberOfCursor } from './cursor.ts'
import { outboxWithEvents, type OutboxRow } from './outbox-events.ts'

/** What is to be told, or was, newest first. The cursor is the last number of a page. */
export async function listOutbox(
  db: Db,
  { limit, cursor, channel, state }: OutboxQuery,
): Promise<OutboxPage> {
  const before = numberOfCursor(cursor, 'messages')
  const rows = await outboxWithEvents(db)
    .$if(before !== undefined, (query) => query.where('outbox_key', '<', before!))
    .$if(channel !== undefined, (query) => query.where('channel', '=', channel!))
    .$if(state !== undefined, (query) => query.where('state', '=', state!))
    .orderBy('outbox_key', 'desc')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  return {
    items: shown.map(messageOf),
    nextCursor: rows.length > limit ? String(shown.at(-1)!.outbox_key) : null,
  }
}

/** One of them, or several that were sent as one: the first. Throws where there is none. */
export async function getOutboxMessage(db: Db, messageId: string): Promise<OutboxMessage> {
  const row = await outboxWithEvents(db)
    .where('message_id', '=', messageId)
    .orderBy('outbox_key')
    .executeTakeFirstOrThrow()
  return messageOf(row)
}

/** How many were given up. */
export async function countDeadLetters(db: Db): Promise<number> {
  return (await countMessages(db)).dead
}

/** How many are to be delivered, and how many were given up. */
export async function countMessages(db: Db): Promise<Record<'waiting' | 'dead', number>> {
  const rows = await db
    .selectFrom('outbox')
    .select(({ fn }) => ['state', fn.countAll<number>().as('messages')])
    .where('state', 'in', ['waiting', 'dead'])
    .groupBy('state')
    .execute()
  const countOf = (state: string) => Number(rows.find((row) => row.state === state)?.messages ?? 0)
  return { waiting: countOf('waiting'), dead: countOf('dead') }
}

/** A message as it is shown. */
export function messageOf(row: OutboxRow): OutboxMessage {
  const { severity, summary } = JSON.parse(row.payload) as Pick<OutboxMessage, 'severity' | 'summary'>
  return {
    messageId: row.message_id,
    channel: row.channel,
    incident: row.incident,
    sequence: row.sequence,
    kind: row.kind,
    severity,
    summary,
    at: formatTimestamp(row.at),
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.state === 'waiting' ? formatTimestamp(row.due_at) : null,
    endedAt: formatTimestampOrNull(row.ended_at),
    answer: row.answer,
  }
}
