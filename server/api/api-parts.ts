import type { ImportId } from '../../shared/ids.ts'
import type { ImportRecord } from '../../shared/import.ts'
import type { Readiness } from '../../shared/readiness.ts'
import type { WatchedFolder } from '../../shared/watched.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { Access } from '../access/access.ts'
import type { Provider } from '../access/oidc/provider.ts'
import type { Db } from '../database/connect.ts'
import type { WriteTx } from '../database/write-alone.ts'
import type { Digests } from '../digests/digests.ts'
import type { PollExporter } from '../export/poll-exporter.ts'
import type { Importer } from '../ingest/importing/importer.ts'
import type { Pollers } from '../ingest/polling/pollers.ts'
import type { Sources } from '../ingest/pulling/sources.ts'
import type { PushTarget } from '../ingest/pushing/pusher.ts'
import type { KeptUploads } from '../ingest/uploading/kept-uploads.ts'
import type { Gate } from '../limits/gate.ts'
import type { Limits } from '../limits/setting.ts'
import type { Live } from '../live/live.ts'
import type { ImportWatch } from '../import-watch.ts'
import type { NewsWatch } from '../news-watch.ts'
import type { ReportRunner } from '../reports/runner.ts'
import type { Retainer } from '../retention/retainer.ts'

/** Told of errors that are our fault, and of the request that they happened to. */
export type OnError = (error: unknown, fields?: { readonly requestId: string }) => void

/** What the transports are given. */
export interface ApiParts {
  /** Only read from. */
  readonly db: Db
  /** Changes the data, beside nobody else who does. */
  change<Result>(work: (tx: WriteTx) => Promise<Result>): Promise<Result>
  /** Likewise, where stores are removed. */
  removeStores<Result>(work: (tx: WriteTx) => Promise<Result>): Promise<Result>
  readonly access: Access
  /** Where people sign in who are known elsewhere; undefined where there is no such place. */
  readonly provider?: Provider | undefined
  readonly now: () => number
  readonly reports: ReportRunner
  readonly importer: Importer
  /** Uploads that are imported whatever becomes of this process. */
  readonly keptUploads: Pick<KeptUploads, 'begin'>
  readonly pusher: PushTarget
  readonly polls: Pick<PollExporter, 'file' | 'page'>
  /** What is pulled by a schedule, loaded when it is first asked for. */
  sources(): Promise<Sources>
  /** The folders that are watched, and how they are. */
  watchedFolders(): readonly WatchedFolder[]
  /** Likewise, what asks stores by turns. */
  pollers(): Promise<Pollers>
  /** Likewise, what is told to people and programs elsewhere. */
  alerts(): Promise<Alerts>
  /** Likewise, what is told of each day or week. */
  digests(): Promise<Digests>
  /** What deletes what is old. */
  readonly retention: Pick<Retainer, 'run'>
  cancelImport(importId: ImportId): Promise<ImportRecord>
  readonly news: NewsWatch
  readonly importWatch: Pick<ImportWatch, 'watch'>
  readonly live: Live
  /** Whether the server can do its work. */
  readiness(): Promise<Readiness>
  /** As Prometheus reads them; undefined where nothing is counted. */
  metrics(): Promise<string | undefined>
  readonly version: string
  /** Where callers reach the API, for the addresses that it answers with; undefined where a request's Host says so. */
  readonly publicUrl: string | undefined
  /** What GET /get_report answers once a report is complete. */
  readonly getReportAs: 'json' | 'csv'
  readonly limits: Limits
  /** For files that are uploaded. */
  readonly uploads: Gate
  readonly onError: OnError
}
