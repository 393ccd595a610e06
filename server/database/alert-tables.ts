/** The tables of what is told to people and programs elsewhere. */
import type { Generated } from 'kysely'
import type { AlertEventKind, OutboxState, ToldState } from '../../shared/alert-kinds.ts'
import type { IncidentCondition, Severity } from '../../shared/incident-condition.ts'

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

/** An incident of the ledger, as it is after its last event. In `alert_event` and `outbox` it is `incident-` and its key. */
export interface IncidentTable {
  incident_key: Generated<number>
  /** What it is of, so that what is found later is known to be of the same: a store, or a scope of many. */
  subject: string
  /** As `kindOfRule` of shared/alert-rules.ts has it. */
  rule_kind: string
  /** Of which store, also where that was deleted; null where it is of many. */
  store_key: number | null
  /** Of which group, as label=value; null where it is of a store or of all. */
  group_label: string | null
  condition: IncidentCondition
  severity: Severity
  /** Of the rules by which it was found last. */
  rules_version: number
  start_at: number
  opened_at: number
  closed_at: number | null
  ending: string | null
  value: number
  told: ToldState
  /** Of its last event. */
  sequence: number
  recorded_at: number
  /** By whom and until when; null where nobody has, or it came back since. */
  acknowledged_at: number | null
  acknowledged_until: number | null
  acknowledged_by: string | null
  acknowledged_note: string | null
  /** When it is told again where it is still open, and how often it was since it opened; null where it is not. */
  repeat_at: number | null
  repeats: Generated<number>
  /** When it is told by another route where nobody has acknowledged it by then. */
  escalate_at: number | null
}

/** How far the ledger is: one row. */
export interface IncidentWatchTable {
  watch_id: number
  /** By which rules it was looked for incidents last, and since which data time these count. */
  rules_version: number | null
  since_at: number | null
  /** The data time up to which was looked, and when that was. */
  data_time: number | null
  looked_at: number | null
  claimed_by: string | null
  claimed_until: number | null
}

/** A digest of a period: it is told once. */
export interface DigestTable {
  name: string
  /** As reports by day or week name it. */
  period: string
  /** `skipped`: it was due before the digest was known. */
  state: 'due' | 'recorded' | 'skipped'
  due_at: number
  recorded_at: number | null
  report_id: string | null
  /** The last event of the ledger that it knew of: the next one tells of those after it. */
  last_event_key: number | null
  claimed_by: string | null
  claimed_until: number | null
}
