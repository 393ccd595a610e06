import type { AppErrorCode } from '../../../shared/app-error.ts'
import type { Rejection } from '../../database/rejected-rows.ts'
import type { RejectionCounts } from '../../database/rejected-summary.ts'
import type { HeaderOf } from '../csv/header.ts'
import type { OpenFile } from '../csv/open-file.ts'
import type { NonEmpty } from './non-empty.ts'
import type { StorePolls } from './poll-rows.ts'
import type { ReadLimits, ReadProgress } from './read-rows.ts'

/** What a thread that reads polls is started with. */
export interface PollReaderJob {
  readonly file: OpenFile
  readonly header: HeaderOf<'polls'>
  readonly limits: ReadLimits
  readonly takenInAt: number
  /** Whether it lets the thread that answers requests go first. */
  readonly stepsBehindAnswers: boolean
}

/**
 * What the thread says: `read` once, `polls` for each step that is asked for, and `hashed` when it has the time for it. It
 * ends by itself when all is said.
 */
export type PollReaderMessage =
  | { readonly type: 'progress'; readonly progress: ReadProgress }
  | {
      readonly type: 'read'
      readonly problem: string | undefined
      readonly rejected: number
      readonly rejections: readonly Rejection[]
      readonly rejectionCounts: RejectionCounts
      readonly rowsOfSteps: NonEmpty<number>
    }
  | { readonly type: 'polls'; readonly polls: StorePolls }
  | { readonly type: 'hashed'; readonly sha256: string }
  | { readonly type: 'failed'; readonly code: AppErrorCode; readonly reason: string }

/** What is said to the thread: to prepare the step after, or to give up. */
export interface PollReaderRequest {
  readonly type: 'next' | 'stop'
}
