import { isOver } from '../../shared/alert-kinds.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { outboxWithEvents, type OutboxRow } from './outbox-events.ts'
import { readSilencesInForce, type SilenceInForce } from './silences.ts'

/** Which of some silences is about an event; undefined where none is. */
type SilenceOf = (event: OutboxRow, silences: readonly SilenceInForce[]) => SilenceInForce | undefined

interface Held {
  readonly channel: string
  readonly incident: string
}

/**
 * Lets go of what silences held back that are over, but for what is held on by others: of what is still so it is to be told, and also that
 * something is over whose beginning was told. What began and ended meanwhile is never told.
 */
export async function releaseSilenced(db: Db, nowMs: number, silenceOf: SilenceOf): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await dialectOf(tx).lock(tx, 'silenced messages')
    await holdOn(tx, nowMs, silenceOf)
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

/** Whether there is something that silences held back which are over. */
export async function hasSilenced(db: Db, nowMs: number): Promise<boolean> {
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

async function holdOn(tx: Db, nowMs: number, silenceOf: SilenceOf): Promise<void> {
  const silences = await readSilencesInForce(tx, nowMs)
  if (silences.length === 0) return
  const rows = await outboxWithEvents(tx)
    .where('state', '=', 'waiting')
    .where('silence_id', 'is not', null)
    .where('due_at', '<=', nowMs)
    .execute()
  for (const [silence, ofSilence] of Map.groupBy(rows, (row) => silenceOf(row, silences))) {
    if (silence === undefined) continue
    for (const some of chunks(ofSilence.map(({ outbox_key }) => outbox_key))) {
      await tx
        .updateTable('outbox')
        .set({ silence_id: silence.silenceId, due_at: silence.toMs })
        .where('outbox_key', 'in', some)
        .execute()
    }
  }
}

async function releaseOf(tx: Db, channel: string, held: readonly Held[], nowMs: number): Promise<void> {
  const incidents = held.map(({ incident }) => incident)
  const over = await endedOf(tx, incidents)
  const muted = (await notOpenOf(tx, channel, incidents)).filter(({ incident }) => over.has(incident))
  for (const some of chunks(muted.map(({ outbox_key }) => outbox_key))) {
    await tx
      .updateTable('outbox')
      .set({ state: 'muted', ended_at: nowMs, answer: 'it was over when the silence ended' })
      .where('outbox_key', 'in', some)
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
  return new Set([...last].filter(([, kind]) => isOver(kind)).map(([incident]) => incident))
}

/** What was held back of incidents, and is behind that, which a channel has not told, and is not about to tell, to be open. */
async function notOpenOf(tx: Db, channel: string, incidents: readonly string[]): Promise<OutboxRow[]> {
  const rows = await outboxWithEvents(tx)
    .where('channel', '=', channel)
    .where('outbox.incident', 'in', incidents)
    .where('state', 'in', ['waiting', 'delivered'])
    .orderBy('outbox.sequence')
    .execute()
  return [...Map.groupBy(rows, ({ incident }) => incident).values()].flatMap((ofOne) => {
    const firstHeld = ofOne.findIndex(({ silence_id }) => silence_id !== null)
    const before = ofOne[firstHeld - 1]
    return before === undefined || isOver(before.kind) ? ofOne.slice(firstHeld) : []
  })
}
