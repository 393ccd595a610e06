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
