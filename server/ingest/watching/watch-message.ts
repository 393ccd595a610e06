import type { AppErrorCode } from '../../../shared/app-error.ts'
import type { WatchedFolder } from '../../../shared/watched.ts'

/** What a thread that watches a folder is started with. */
export interface WatchSetting {
  readonly databaseUrl: string
  readonly folder: string
  /** Whether files are moved to `done` and `failed` in the folder when they were taken. */
  readonly movesFiles: boolean
  /** How often the folder is looked into. */
  readonly everyMs: number
  /** For how long a file is to be the same before it is taken. */
  readonly settleMs: number
}

export type WatchRequest =
  /** What became of the import that was asked for: why nothing was imported, or null. */
  | { readonly type: 'imported'; readonly failure: string | null }
  | { readonly type: 'failed'; readonly code: AppErrorCode; readonly reason: string }
  /** To begin nothing further. */
  | { readonly type: 'end' }

export type WatchMessage =
  /** Asks for the import of a file; one at a time. */
  | { readonly type: 'import'; readonly path: string; readonly stamp: string }
  | { readonly type: 'state'; readonly state: WatchedFolder }
  /** For a person. */
  | { readonly type: 'tell'; readonly text: string }
