import type { AppErrorCode } from '../../../shared/app-error.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import type { PushResult } from '../../../shared/push.ts'
import type { FileLimits } from '../../limits/setting.ts'
import type { ImportOutcome } from '../importing/import-each.ts'
import type { ImportJob } from '../importing/import-job.ts'
import type { Push } from '../pushing/push-message.ts'
import type { Worked } from '../../tracing/worked.ts'

/** What the thread is started with. */
export interface WriterThreadSetting {
  readonly databaseUrl: string
  /** Whether it is there for a command, which waits for it and answers nobody meanwhile. */
  readonly isOfCommand: boolean
  readonly limits: FileLimits
}

/** What the thread that writes is asked. */
export type WriterRequest =
  | { readonly type: 'push'; readonly id: number; readonly push: Push }
  | { readonly type: 'import'; readonly id: number; readonly job: ImportJob }
  /** To give an import up, leaving nothing half done. */
  | { readonly type: 'stop'; readonly id: number }
  /** To look after the tail, as what is in it gets old. */
  | { readonly type: 'tidy' }
  /** To end when all that it was asked is done. */
  | { readonly type: 'end' }

export type WriterAnswer =
  /** It is at all pushes up to this one. */
  | { readonly type: 'taken'; readonly lastId: number }
  | { readonly type: 'progress'; readonly id: number; readonly progress: ImportProgress }
  | EndAnswer

/** What something ends with that it was asked. */
export type EndAnswer = WriterTimes & { readonly id: number } & (
    | { readonly type: 'pushed'; readonly result: PushResult }
    | { readonly type: 'imported'; readonly outcome: ImportOutcome }
    | { readonly type: 'failed'; readonly code: AppErrorCode; readonly reason: string }
  )

/** From when to when it was at it. */
export type WriterTimes = Pick<Worked, 'startMs' | 'endMs'>
