import type { AppErrorCode } from '../../../shared/app-error.ts'
import type { ColumnMap } from '../../../shared/column-map.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import type { MaxRejected } from '../../../shared/max-rejected.ts'
import type { ImportOutcome } from './import-each.ts'

/** What an importer's thread is started with. */
export interface ImporterThreadSetting {
  /** Whether it, and the threads that it starts, let the thread that answers requests go first. */
  readonly stepsBehindAnswers: boolean
}

/** What an importer's thread is asked for, once. */
export interface ImporterJob {
  readonly databaseUrl: string
  readonly preparesDatabase: boolean
  readonly owner: string
  readonly paths: readonly string[]
  readonly source: string | undefined
  readonly maxRejected: MaxRejected | undefined
  readonly columnMap: ColumnMap | undefined
}

/** What the thread says. It ends by itself after `finished` and `failed`. */
export type ImporterMessage =
  | { readonly type: 'progress'; readonly progress: ImportProgress }
  | { readonly type: 'finished'; readonly outcome: ImportOutcome }
  | { readonly type: 'failed'; readonly code: AppErrorCode; readonly reason: string }

/** What is said to the thread: to import, and to give up, leaving nothing half done. */
export type ImporterRequest =
  { readonly type: 'import'; readonly job: ImporterJob } | { readonly type: 'stop' }
