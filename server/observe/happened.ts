import type { Change } from '../../shared/change.ts'
import type { ImportRecord } from '../../shared/import.ts'
import type { PushResult } from '../../shared/push.ts'
import type { EndedReport } from '../reports/report-job.ts'
import type { ComingSpan } from '../tracing/place.ts'
import type { Worked } from '../tracing/worked.ts'

/** By which way something came in. */
export type Way = 'upload' | 'watch' | 'source' | 'push' | 'poller'

export interface AnsweredRequest {
  readonly requestId: string
  readonly method: string
  /** Of the operation, as OpenAPI has it, `trpc.` and a procedure, or of what is neither; one of few. */
  readonly route: string
  /** Of the address, without its query. */
  readonly path: string
  readonly status: number
  /** In epoch milliseconds. */
  readonly startedMs: number
  readonly durationMs: number
  readonly bytes: number
  /** Who asked, by the name of a key, or the session of one who signed in elsewhere. */
  readonly key: string | undefined
  /** Its span, and what threads did for it, where that is traced. */
  readonly traced: TracedRequest | undefined
  readonly isEventStream: boolean
  /** Whether its reader went away before its end. */
  readonly isCut: boolean
}

export interface TracedRequest {
  readonly span: ComingSpan
  readonly worked: readonly Worked[]
  /** How much more was done than is told of. */
  readonly leftOut: number
}

/** An attempt to tell something. */
export interface AlertAttempt {
  readonly channel: string
  readonly messageId: string
  /** `failed`: it is tried again; `dead`: it is not. */
  readonly outcome: 'delivered' | 'failed' | 'dead'
  readonly failure?: string
}

/** What happens, as the log and the metrics are told it. */
export type Happened =
  | { readonly type: 'request'; readonly request: AnsweredRequest }
  /** Answered by events that come as they happen; it is told of as a request once it has ended. */
  | { readonly type: 'event-stream' }
  | { readonly type: 'report'; readonly report: EndedReport }
  | { readonly type: 'import'; readonly record: ImportRecord; readonly way: Way }
  | { readonly type: 'import-failed'; readonly error: unknown; readonly way: Way }
  | { readonly type: 'push'; readonly result: PushResult; readonly way: Way }
  | { readonly type: 'push-failed'; readonly error: unknown; readonly way: Way }
  | { readonly type: 'change'; readonly change: Change }
  | ({ readonly type: 'alert' } & AlertAttempt)

/** Is told what happens. Takes microseconds, and throws nothing. */
export type Observe = (happened: Happened) => void
