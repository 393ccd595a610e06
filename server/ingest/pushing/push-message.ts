import type { AppErrorCode } from '../../../shared/app-error.ts'
import type { PushResult } from '../../../shared/push.ts'

/** Polls as they were sent, or a piece of them: whole rows. */
export interface PushBody {
  readonly format: 'json' | 'ndjson' | 'csv'
  readonly bytes: Uint8Array<ArrayBuffer>
  /** What the first row counts as: the line, or the place in an array, from 1. Of CSV, that of the header. */
  readonly firstRow: number
}

export interface Push extends PushBody {
  /** Who sends it, to be counted. */
  readonly source: string
  readonly takenInAt: number
  /** To be answered again where it comes again. */
  readonly key?: string | undefined
}

/** What the thread that writes pushed polls is asked. */
export type PushRequest =
  | { readonly type: 'push'; readonly id: number; readonly push: Push }
  /** To end when all that it was asked is done. */
  | { readonly type: 'end' }

export type PushAnswer =
  /** It is at all up to this one. */
  | { readonly type: 'taken'; readonly lastId: number }
  | { readonly type: 'done'; readonly id: number; readonly result: PushResult }
  | { readonly type: 'failed'; readonly id: number; readonly code: AppErrorCode; readonly reason: string }
