/** The tables of the ways in: what is pushed, pulled, asked and watched. */
import type { ColumnType, Generated } from 'kysely'
import type { ImportId } from '../../shared/ids.ts'
import type { TurnOutcome } from '../../shared/poller.ts'
import type { PullOutcome } from '../../shared/source.ts'

/** What was pushed in an hour, which is counted from the epoch. */
export interface PushHourTable {
  hour: number
  source: string
  pushes: number
  rows_accepted: number
  rows_changed: number
  rows_rejected: number
}

/** What a push with a key was answered, as JSON, to be answered again. */
export interface PushAnswerTable {
  push_key: string
  /** Of what it brought. */
  sha256: string
  answer: string
  answered_at: number
}

/** What is pulled by a schedule, as the configuration file of a server names it. */
export interface SourceTable {
  name: string
  /** A hash of how its bytes are read, so that those that were read otherwise are not taken for known. */
  read_as: string | null
  /** What was answered with what was imported last, to ask whether there is something else. */
  etag: string | null
  last_modified: string | null
  /** Of the bytes that were imported last. */
  sha256: string | null
  last_attempt_at: number | null
  last_success_at: number | null
  last_outcome: PullOutcome | null
  last_import_id: ImportId | null
  last_error: string | null
  /** How many attempts failed since the last that did not. */
  failures: number
  /** When it is tried again, where that is before its schedule; null where it is not. */
  retry_at: number | null
  /** Who is at it, and until when by the database's clock, unless that is put off. */
  claimed_by: string | null
  claimed_until: number | null
}

/** What asks stores by turns, as the configuration file of a server names it. */
export interface PollerTable {
  name: string
  /** Up to when those whose turn it was were asked. */
  asked_until: number | null
  /** How many stores it asks. */
  stores: number | null
  last_answer_at: number | null
  /** Since when it pauses, and until when. */
  pause_since: number | null
  pause_until: number | null
  claimed_by: string | null
  claimed_until: number | null
}

/** What came of the turns of an hour, which is counted from the epoch. */
export interface PollerHourTable {
  poller: string
  hour: number
  outcome: TurnOutcome
  turns: number
  /** One of them, where there was no answer. */
  example: string | null
}

/** What became of a file in a watched folder: of each path, what it had last. */
export interface WatchedFileTable {
  /** Higher for what was looked at later. */
  watched_key: Generated<number>
  path: string
  /** Tells whether the file is another one: `ingest/csv/file-stamp.ts`. */
  stamp: string
  /** Null where it was not read. */
  sha256: string | null
  import_id: ImportId | null
  /** Why nothing of it was taken; null where it was. */
  failure: string | null
  at: number
}

/** A file that was taken to be imported, for as long as its bytes are kept. */
export interface UploadTable {
  upload_id: Generated<number>
  /** null until all of it has come. */
  import_id: ImportId | null
  /** How it is to be imported, as JSON. */
  options: string
  /** How much of it is kept, packed. */
  kept_bytes: number
  /** How many began to import it, but for those who gave it back. */
  attempts: number
  created_at: number
  /** Who is at it, and until when by the database's clock, unless that is put off. */
  claimed_by: string | null
  claimed_until: number
}

/** Bytes of an upload, packed (zstd), counted from 0. */
export interface UploadChunkTable {
  upload_id: number
  number: number
  bytes: ColumnType<Uint8Array, Uint8Array, Uint8Array>
}
