/** The tables of what is told to people and programs elsewhere. */
import type { Generated } from 'kysely'
import type { AlertEventKind, OutboxState } from '../../shared/alert-kinds.ts'
import type { Severity } from '../../shared/incident-condition.ts'

/** What was to be told of an incident: rows are only added. */
export interface AlertEventTable {
  event_key: Generated<number>
  incident: string
  /** Counted from 1 in each incident. */
  sequence: number
  kind: AlertEventKind
  at: number
  /** JSON, as `AlertPayload` has it. */
  payload: string
}

/** What a channel is to tell of an event, or told. */
export interface OutboxTable {
  outbox_key: Generated<number>
  /** By which a receiver knows what it has had: `alerts/message-id.ts`. Several rows may be told by one message. */
  message_id: string
  channel: string
  /** By which it came to the channel; null of what is for this one alone. */
  route: string | null
  incident: string
  sequence: number
  severity: Severity
  state: OutboxState
  attempts: Generated<number>
  created_at: number
  /** When it is tried next. */
  due_at: number
  /** When it was delivered, or given up. */
  ended_at: number | null
  /** What was answered last, or why nothing was. */
  answer: string | null
  /** What holds it back, which is looked at when that is over. */
  silence_id: number | null
  /** Who is at it, and until when by the database's clock; or who was, where it is not known whether it arrived. */
  claimed_by: string | null
  claimed_until: number | null
}

/** A time in which some of what happens is not told. */
export interface SilenceTable {
  silence_id: Generated<number>
  /** JSON, as `Matchers` has it. */
  matchers: string
  from_at: number
  to_at: number
  author: string | null
  reason: string
  created_at: number
  ended_at: number | null
  ended_by: string | null
}

/** The messages to people of the last hour. */
export interface AlertSentTable {
  sent_key: Generated<number>
  channel: string
  route: string | null
  at: number
}

/** How a channel has been of late, as the configuration file of a server names it. */
export interface AlertChannelTable {
  name: string
  /** Since when nothing could be delivered; null where the last could. */
  failing_since: number | null
  /** Since when nothing is tried any more. */
  disabled_at: number | null
  last_delivered_at: number | null
  last_error: string | null
}
