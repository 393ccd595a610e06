/** Messages to people, which are told together: who sends one has the channel for himself. */
import type { Severity } from '../../shared/incident-condition.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { claimRows, isBeingSent, type ClaimedMessage } from './outbox-claims.ts'
import type { OutboxRow } from './outbox-events.ts'

export interface PendingRow {
  readonly key: number
  readonly incident: string
  readonly route: string | null
  readonly severity: Severity
  readonly dueAt: number
  readonly attempts: number
  readonly messageId: string
  /** Whether whoever was at it is gone: it may have arrived. */
  readonly isInterrupted: boolean
}

export interface Sent {
  readonly route: string | null
  readonly at: number
}

/** What is to be done next: `hold` until then, and look again. */
export type NextGroup =
  | { readonly type: 'nothing' }
  | { readonly type: 'hold'; readonly keys: readonly number[]; readonly untilMs: number }
  | { readonly type: 'send'; readonly keys: readonly number[] }

interface GroupClaim {
  readonly channel: string
  readonly owner: string
  readonly nowMs: number
  readonly decide: (pending: readonly PendingRow[], sent: readonly Sent[]) => NextGroup
  readonly messageIdOf: (rows: readonly OutboxRow[]) => string
}

const HOUR_MS = 3_600_000

/** Takes what is to be told next by a channel; undefined where there is nothing, or another is at it. */
export function claimGroup(
  db: Db,
  { channel, owner, nowMs, decide, messageIdOf }: GroupClaim,
): Promise<ClaimedMessage | undefined> {
  return db.transaction().execute(async (tx) => {
    await dialectOf(tx).lock(tx, `channel ${channel}`)
    if ((await isDisabled(tx, channel)) || (await isBeingSent(tx, channel))) return undefined
    for (;;) {
      const next = decide(await readPending(tx, channel), await readSent(tx, channel, nowMs))
      if (next.type === 'nothing') return undefined
      if (next.type === 'send') return claimRows(tx, next.keys, owner, messageIdOf)
      await holdRows(tx, next.keys, next.untilMs)
    }
  })
}

/** Notes that people were told something, and forgets what was longer ago than an hour. */
export async function noteSent(tx: Db, channel: string, route: string | null, at: number): Promise<void> {
  await tx
    .deleteFrom('alert_sent')
    .where('channel', '=', channel)
    .where('at', '<=', at - HOUR_MS)
    .execute()
  await tx.insertInto('alert_sent').values({ channel, route, at }).execute()
}

async function isDisabled(tx: Db, channel: string): Promise<boolean> {
  const row = await tx
    .selectFrom('alert_channel')
    .select('disabled_at')
    .where('name', '=', channel)
    .executeTakeFirst()
  return (row?.disabled_at ?? null) !== null
}

/** What waits, but for what a silence holds back, and what is behind that. */
async function readPending(tx: Db, channel: string): Promise<PendingRow[]> {
  const rows = await tx
    .selectFrom('outbox')
    .select([
      'outbox_key',
      'incident',
      'route',
      'severity',
      'due_at',
      'attempts',
      'message_id',
      'claimed_by',
      'silence_id',
    ])
    .where('state', '=', 'waiting')
    .where('channel', '=', channel)
    .orderBy('outbox_key')
    .execute()
  const held = new Set(rows.filter((row) => row.silence_id !== null).map(({ incident }) => incident))
  return rows
    .filter(({ incident }) => !held.has(incident))
    .map(({ incident, route, severity, attempts, ...row }) => ({
      key: row.outbox_key,
      incident,
      route,
      severity,
      dueAt: row.due_at,
      attempts,
      messageId: row.message_id,
      isInterrupted: row.claimed_by !== null,
    }))
}

/** In the last hour, the earliest first. */
function readSent(tx: Db, channel: string, nowMs: number): Promise<Sent[]> {
  return tx
    .selectFrom('alert_sent')
    .select(['route', 'at'])
    .where('channel', '=', channel)
    .where('at', '>', nowMs - HOUR_MS)
    .orderBy('at')
    .execute()
}

async function holdRows(tx: Db, keys: readonly number[], untilMs: number): Promise<void> {
  for (const some of chunks(keys)) {
    await tx.updateTable('outbox').set({ due_at: untilMs }).where('outbox_key', 'in', some).execute()
  }
}
