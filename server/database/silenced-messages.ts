import type { AlertEventKind } from '../../shared/alert-kinds.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'

const endings: readonly AlertEventKind[] = ['resolved', 'withdrawn', 'late']

interface Held {
  readonly channel: string
  readonly incident: string
}

/**
 * Lets go of what silences held back that are over: of what is still so it is to be told, and also that something is over whose beginning
 * was told. What began and ended meanwhile is never told.
 */
export async function releaseSilenced(db: Db, nowMs: number): Promise<void> {
  if (!(await hasHeld(db, nowMs))) return
  await db.transaction().execute(async (tx) => {
    const held = await tx
      .selectFrom('outbox')
      .select(['channel', 'incident'])
      .distinct()
      .where('state', '=', 'waiting')
      .where('silence_id', 'is not', null)
      .where('due_at', '<=', nowMs)
      .execute()
    for (const [channel, ofChannel] of Map.groupBy(held, (one) => one.channel)) {
      for (const some of chunks(ofChannel)) await releaseOf(tx, channel, some, nowMs)
    }
  })
}

async function hasHeld(db: Db, nowMs: number): Promise<boolean> {
  const one = await db
    .selectFrom('outbox')
    .select('outbox_key')
    .where('state', '=', 'waiting')
    .where('silence_id', 'is not', null)
    .where('due_at', '<=', nowMs)
    .limit(1)
    .executeTakeFirst()
  return one !== undefined
}

async function releaseOf(tx: Db, channel: string, held: readonly Held[], nowMs: number): Promise<void> {
  const incidents = held.map(({ incident }) => incident)
  const over = await endedOf(tx, incidents)
  const told = await toldOf(tx, channel, incidents)
  const muted = incidents.filter((incident) => over.has(incident) && !told.has(incident))
  if (muted.length > 0) {
    await tx
      .updateTable('outbox')
      .set({ state: 'muted', ended_at: nowMs, answer: 'it was over when the silence ended' })
      .where('channel', '=', channel)
      .where('incident', 'in', muted)
      .where('state', '=', 'waiting')
      .execute()
  }
  await tx
    .updateTable('outbox')
    .set({ silence_id: null })
    .where('channel', '=', channel)
    .where('incident', 'in', incidents)
    .where('state', '=', 'waiting')
    .where('due_at', '<=', nowMs)
    .execute()
}

/** Those of incidents whose latest event ended them. */
async function endedOf(tx: Db, incidents: readonly string[]): Promise<Set<string>> {
  const events = await tx
    .selectFrom('alert_event')
    .select(['incident', 'kind'])
    .where('incident', 'in', incidents)
    .orderBy('sequence')
    .execute()
  const last = new Map(events.map(({ incident, kind }) => [incident, kind]))
  return new Set([...last].filter(([, kind]) => endings.includes(kind)).map(([incident]) => incident))
}

async function toldOf(tx: Db, channel: string, incidents: readonly string[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('outbox')
    .select('incident')
    .where('channel', '=', channel)
    .where('incident', 'in', incidents)
    .where('state', '=', 'delivered')
    .execute()
  return new Set(rows.map(({ incident }) => incident))
}
