import type { StoreLabel } from '../../../shared/group.ts'

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
  /** Whose polls its sender may push, where that is not everybody's. */
  readonly limit?: PushLimit | undefined
}

export interface PushLimit {
  /** The groups that the stores are in, all of them. */
  readonly groups: readonly StoreLabel[]
  /** Names the sender: what it calls a push is its own. */
  readonly sender: string
}
