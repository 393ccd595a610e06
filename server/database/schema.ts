import type { ColumnType, Generated } from 'kysely'
import type { ChangeId, ChangeKind } from '../../shared/change.ts'
import type { ImportKind } from '../../shared/import-kind.ts'
import type { ImportState } from '../../shared/import.ts'
import type { ImportId, StoreId } from '../../shared/ids.ts'
import type { CorrectionKind } from '../../shared/correction-kind.ts'
import type { AccessKeyTable, SessionTable } from './access-tables.ts'
import type { AlertRulesTable } from './alert-rule-table.ts'
import type {
  AlertChannelTable,
  AlertEventTable,
  IncidentTable,
  IncidentWatchTable,
  AlertSentTable,
  DigestTable,
  OutboxTable,
  SilenceTable,
} from './alert-tables.ts'
import type { ReportPartTable, ReportTable } from './report-tables.ts'
import type {
  PollerHourTable,
  PollerTable,
  PushAnswerTable,
  PushHourTable,
  SourceTable,
  UploadChunkTable,
  UploadTable,
  WatchedFileTable,
} from './way-in-tables.ts'

/** Bytes: read as what the driver gives, written as any byte view. */
type Bytes = ColumnType<Uint8Array, Uint8Array, Uint8Array>

/** The tables. Instants are epoch milliseconds. */
export interface Database {
  store: StoreTable
  schedule: ScheduleTable
  store_label: StoreLabelTable
  correction: CorrectionTable
  poll_week: PollWeekTable
  poll_week_summary: PollWeekSummaryTable
  poll_tail: PollTailTable
  poll_batch: PollBatchTable
  tail_mark: TailMarkTable
  store_state: StoreStateTable
  push_hour: PushHourTable
  push_answer: PushAnswerTable
  source: SourceTable
  watched_file: WatchedFileTable
  upload: UploadTable
  upload_chunk: UploadChunkTable
  poller: PollerTable
  poller_hour: PollerHourTable
  change: ChangeTable
  touched_stores: TouchedStoresTable
  deleted_store: DeletedStoreTable
  order_week: OrderWeekTable
  store_revenue: StoreRevenueTable
  import: ImportTable
  rejected_row: RejectedRowTable
  rejected_reason: RejectedReasonTable
  rejected_store: RejectedStoreTable
  kept_state: KeptStateTable
  kept_week: KeptWeekTable
  kept_totals: KeptTotalsTable
  report: ReportTable
  report_part: ReportPartTable
  access_key: AccessKeyTable
  session: SessionTable
  alert_event: AlertEventTable
  incident: IncidentTable
  incident_watch: IncidentWatchTable
  outbox: OutboxTable
  alert_channel: AlertChannelTable
  alert_rules: AlertRulesTable
  alert_sent: AlertSentTable
  digest: DigestTable
  silence: SilenceTable
}

export interface StoreTable {
  /** Given in ascending order of `store_id` within an import, so that a scan by id reads polls in order. */
  store_key: number
  store_id: StoreId
  /** null where no rule of it is known. */
  schedule_key: number | null
  name: string | null
}

/** Each distinct schedule once: a chain has far fewer than stores. One never changes once it has a key. */
export interface ScheduleTable {
  schedule_key: number
  /** Of its text, by which it is found. */
  hash: number
  /** As `schedule-text.ts` writes it: equal schedules are equal texts. */
  schedule: string
}

/** The groups that a store is in: rule 32 of docs/uptime.md. */
export interface StoreLabelTable {
  store_key: number
  label: string
  value: string
}

/** What an operator knows better than the polls: rules 20 to 22 of docs/uptime.md. */
export interface CorrectionTable {
  correction_id: Generated<number>
  store_key: number
  from_at: number
  to_at: number
  kind: CorrectionKind
  reason: string
  author: string | null
  created_at: number
  revoked_at: number | null
  revoked_by: string | null
}

/** A store's polls of one UTC week, packed as `poll-week.ts` says, and a checksum behind them (`poll-checksum.ts`). */
export interface PollWeekTable {
  week: number
  store_key: number
  polls: Bytes
}

/**
 * Polls that came of late, newer than those in `poll_week`: a row for what was written at once, which says more than rows
 * with a smaller `batch`. `tail/tail-row.ts` has how they are packed.
 */
export interface PollTailTable {
  week: number
  /** Of which stores: `tail/tail-row.ts`. */
  chunk: number
  batch: number
  poll_count: number
  latest_poll_at: number
  polls: Bytes
}

/** One row: how often polls were changed, and how many there are. */
export interface PollBatchTable {
  last_batch: number
  /** When polls were pushed last that changed something; 0 where none were. */
  pushed_at: number
  /** In all, those in the tail included, and of these the rows and polls: `totals.ts`. */
  polls: Generated<number>
  tail_rows: Generated<number>
  tail_polls: Generated<number>
}

/** Which batch was the last one when. */
export interface TailMarkTable {
  at: number
  batch: number
}

/** A chunk of stores (`tail/tail-row.ts`), for whoever keeps in memory what they are. */
export interface StoreStateTable {
  chunk: number
  /** The last change of their rules, corrections or polls, but for polls that are in the tail. */
  changed_batch: number
}

/** What is asked of a week without reading its polls. */
export interface PollWeekSummaryTable {
  week: number
  poll_count: number
  latest_poll_at: number
}

/** What changed the data: rows are only added, in the transaction of the change. */
export interface ChangeTable {
  change_id: Generated<ChangeId>
  at: number
  kind: ChangeKind
  import_id: ImportId | null
  /** The store that it is about; null where it is about several, or all. */
  store_id: StoreId | null
  correction_id: number | null
  /** JSON, the labels of the stores that it is about; null where they were not chosen by labels. */
  labels: string | null
  /** The time that it is about; null where that has no end there. */
  from_at: number | null
  to_at: number | null
  /** How many polls it removed, of how many stores. */
  polls: number | null
  stores: number | null
  author: string | null
  reason: string | null
  /** In words. */
  what: string
}

/** Which stores a change of several touched: by blocks of keys, packed as `store-sets.ts` says. */
export interface TouchedStoresTable {
  change_id: ChangeId
  block: number
  stores: Bytes
}

/** A store that is gone: old reports name it still, and its key is never given again. */
export interface DeletedStoreTable {
  store_key: number
  store_id: StoreId
  deleted_at: number
}

/** What a store's orders of a UTC week came to, packed as `sales/order-week.ts` says. */
export interface OrderWeekTable {
  store_key: number
  week: number
  hours: Bytes
}

export interface StoreRevenueTable {
  store_key: number
  /** null where no file says so. */
  currency: string | null
  /** JSON: what people say it takes in an hour, in hundredths: one number, or one or null for each hour of the week. */
  given: string | null
}

export interface ImportTable {
  import_id: Generated<ImportId>
  source: string
  kind: ImportKind
  state: ImportState
  bytes: number
  sha256: string | null
  rows_accepted: number
  rows_changed: number
  rows_repeated: number
  rows_rejected: number
  failure: string | null
  started_at: number
  finished_at: number | null
  /** The process that runs it; null where none said so. */
  owner: ColumnType<string | null, string | null | undefined, string | null>
  /** Stores of which it changed something, and the first and last poll that it changed; null where that is not known. */
  stores_touched: ColumnType<number | null, number | null | undefined, number | null>
  first_poll_at: ColumnType<number | null, number | null | undefined, number | null>
  last_poll_at: ColumnType<number | null, number | null | undefined, number | null>
  /** When its owner last said that it is alive. */
  heartbeat_at: ColumnType<number | null, number | null | undefined, number | null>
}

export interface RejectedRowTable {
  import_id: ImportId
  line: number
  reason: string
  text: string
}

/** How many rows of an import were rejected for a reason; reasons are numbered from 0 in each import. */
export interface RejectedReasonTable {
  import_id: ImportId
  reason_number: number
  /** Without what differs from row to row. */
  reason: string
  rows: number
  first_line: number
}

/** How many rows of an import that name a store were rejected for a reason. */
export interface RejectedStoreTable {
  import_id: ImportId
  store_id: StoreId
  reason_number: number
  rows: number
  first_line: number
}

/** What totals are kept of; one row. */
export interface KeptStateTable {
  /** Counted up by whatever changes rules, zones or corrections, or removes polls: what adds them has a batch. */
  data_version: number
  /** What the totals that are kept were computed with; null before there are any. */
  program_version: string | null
  zone_data_version: string | null
}

/** The ISO weeks that totals were ever kept of. */
export interface KeptWeekTable {
  week: number
}

/** A store's totals in some ISO weeks, packed as `kept-weeks.ts` says. */
export interface KeptTotalsTable {
  /** The first of them. */
  week: number
  store_key: number
  totals: Bytes
}
