import { setTimeout as delay } from 'node:timers/promises'
import { formatDuration } from '../../shared/duration.ts'
import type { Db } from '../database/connect.ts'
import {
  deleteOldPolls,
  deleteOldRejectedRows,
  deleteOldReports,
  type Keeping,
} from '../database/retained.ts'

/** For how long things are kept; what is left out, for ever. */
export interface RetentionSetting {
  readonly keepReports?: number | undefined
  readonly keepRejectedRows?: number | undefined
  readonly keepPolls?: number | undefined
}

export interface RetentionParts {
  readonly writing: Db
  readonly now: () => number
  /** Whether to go on with a further step. */
  readonly goesOn: () => boolean
}

/** In between others write. */
const PAUSE_MS = 20

/** Deletes what is older than it is kept, in small steps, each of which is recorded as a change. */
export async function deleteWhatIsOld(setting: RetentionSetting, parts: RetentionParts): Promise<void> {
  const { writing, goesOn } = parts
  for (const name of ['keepReports', 'keepRejectedRows', 'keepPolls'] as const) {
    const keptMs = setting[name]
    if (keptMs === undefined) continue
    for await (const deleted of stepsOf[name](writing, keeping(name, keptMs, parts.now()))) {
      if (deleted === 0 || !goesOn()) break
      await delay(PAUSE_MS)
    }
  }
}

function keeping(name: keyof RetentionSetting, keptMs: number, at: number): Keeping {
  return { beforeMs: at - keptMs, by: 'retention', reason: `${name} is ${formatDuration(keptMs)}`, at }
}

type Steps = (db: Db, keeping: Keeping) => AsyncGenerator<number>

const stepsOf: Readonly<Record<keyof RetentionSetting, Steps>> = {
  keepReports: repeated(deleteOldReports),
  keepRejectedRows: repeated(deleteOldRejectedRows),
  keepPolls: deleteOldPolls,
}

function repeated(step: (db: Db, keeping: Keeping) => Promise<number>): Steps {
  return async function* (db, keeping) {
    for (;;) yield step(db, keeping)
  }
}
