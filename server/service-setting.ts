import type { OnError } from './api/api-parts.ts'
import type { AskingSetting } from './asking.ts'
import type { TellingSetting } from './telling.ts'
import type { OidcSetting } from './config-file/oidc-setting.ts'
import type { Config } from './config.ts'
import type { UploadTimes } from './ingest/uploading/kept-uploads.ts'
import type { WriterSetting } from './ingest/writer/writer-thread.ts'
import type { Observe } from './observe/happened.ts'
import type { Metrics } from './observe/metrics.ts'
import type { RunnerParts } from './reports/runner.ts'
import type { RetentionSetting } from './retention/retention.ts'
import type { WorkTraces } from './tracing/work-traces.ts'

export interface ServiceSetting
  extends
    Pick<Config, 'databaseUrl' | 'workers' | 'publicUrl'>,
    RetentionSetting,
    Partial<
      Pick<
        Config,
        'role' | 'getReportAs' | 'watch' | 'watchMove' | 'limits' | 'sessionIdle' | 'sessionLifetime'
      >
    >,
    AskingSetting,
    TellingSetting {
  /** Where people sign in who are known elsewhere. */
  readonly oidc?: OidcSetting | undefined
  /** Whether a database is made where there is none; by default, it is. */
  readonly mayCreateDatabase?: boolean
  /** Whether the threads that compute reports are started at once, or when there is one to compute. */
  readonly startThreads: RunnerParts['startThreads']
  /** Likewise for the thread that writes polls. */
  readonly startWriter?: NonNullable<WriterSetting['startThread']>
  /** For how long a request waits for whoever else writes to the database. */
  readonly patienceMs?: number
  /** How often folders are looked into, and for how long a file in them is to be the same. */
  readonly watchTimes?: { readonly everyMs: number; readonly settleMs: number }
  /** How long uploads are whose they are that nothing is heard of, and how often it is looked for such. */
  readonly uploadTimes?: UploadTimes
  readonly version: string
  readonly now: () => number
  /** Told of errors that are our fault. */
  readonly onError: OnError
  /** Told what happens. */
  readonly observe?: Observe
  /** What is counted and measured, where it is. */
  readonly metrics?: Pick<Metrics, 'text'>
  /** Where what goes on by itself is traced. */
  readonly workTraces?: WorkTraces
  /** How often what is old is looked for. */
  readonly retainEveryMs?: number
}
