import { AppError } from '../../shared/app-error.ts'
import type { RetentionRun } from '../../shared/retention.ts'
import type { Db } from '../database/connect.ts'
import { tracedWork, type WorkTraces } from '../tracing/work-traces.ts'
import type { RetentionSetting } from './retention.ts'

export interface RetainerParts {
  readonly databaseUrl: string
  readonly reading: Db
  readonly now: () => number
  /** Throws where a thread would find another database than the one that is open. */
  readonly checkInPlace: () => void
  readonly traces: WorkTraces
}

/** Deletes what is older than it is kept. */
export interface Retainer {
  /** Throws a `conflict` AppError where all is kept for ever. */
  run(options: { readonly dryRun: boolean }): Promise<RetentionRun>
  /** Likewise, where anything is to go at all: of a server, by itself. */
  runByItself(): Promise<void>
  /** Begins no further step. */
  stop(): void
}

export function createRetainer(
  { keepReports, keepRejectedRows, keepPolls }: RetentionSetting,
  { databaseUrl, reading, now, checkInPlace, traces }: RetainerParts,
): Retainer {
  const setting = { keepReports, keepRejectedRows, keepPolls }
  const isForEver = Object.values(setting).every((kept) => kept === undefined)
  const stopping = new AbortController()

  async function deleteOld(): Promise<RetentionRun> {
    checkInPlace()
    const { retainInThread } = await import('./retention-thread.ts')
    return retainInThread({ ...setting, databaseUrl }, stopping.signal)
  }

  return {
    async run({ dryRun }) {
      if (isForEver) throw keptForEver()
      if (!dryRun) return deleteOld()
      const { whatIsOld } = await import('./retention.ts')
      return whatIsOld(setting, { db: reading, now })
    },
    async runByItself() {
      if (!isForEver) await tracedWork(traces.begin('retention'), deleteOld)
    },
    stop: () => stopping.abort(),
  }
}

export function keptForEver(): AppError {
  return new AppError(
    'conflict',
    'everything is kept for ever: set keepReports, keepRejectedRows or keepPolls, such as STORE_MONITOR_KEEP_REPORTS=90d',
  )
}
