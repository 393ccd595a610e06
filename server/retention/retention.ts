import { setTimeout as delay } from 'node:timers/promises'
import { formatDuration } from '../../shared/duration.ts'
import { keepSettings, type KeepSetting, type RetentionRun } from '../../shared/retention.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Db } from '../database/connect.ts'
import { countOldPolls, countOldRejectedRows, countOldReports } from '../database/retainable.ts'
import {
  deleteOldPolls,
  deleteOldRejectedRows,
  deleteOldReports,
  type Keeping,
} from '../database/retained.ts'

/** For how long things are kept; what is left out, for ever. */
export type RetentionSetting = Readonly<Partial<Record<KeepSetting, number | undefined>>>

export interface RetentionParts {
  readonly writing: Db
  readonly now: () => number
  /** Whether to go on with a further step. */
  readonly goesOn: () => boolean
}

/** In between others write. */
const PAUSE_MS = 20

/** Deletes what is older than it is kept, in small steps, each of which is recorded as a change. */
export async function deleteWhatIsOld(
  setting: RetentionSetting,
  { writing, now, goesOn }: RetentionParts,
): Promise<RetentionRun> {
  const items = await forEach(setting, now, async (name, keeping) => {
    let all = 0
    for await (const deleted of stepsOf[name](writing, keeping)) {
      all += deleted
      if (deleted === 0 || !goesOn()) break
      await delay(PAUSE_MS)
    }
    return all
  })
  return { isDryRun: false, isWhole: goesOn(), items }
}

/** What that would delete now. */
export async function whatIsOld(
  setting: RetentionSetting,
  { db, now }: { readonly db: Db; readonly now: () => number },
): Promise<RetentionRun> {
  const items = await forEach(setting, now, (name, { beforeMs }) => countOf[name](db, beforeMs))
  return { isDryRun: true, isWhole: true, items }
}

async function forEach(
  setting: RetentionSetting,
  now: () => number,
  deleted: (name: KeepSetting, keeping: Keeping) => Promise<number>,
): Promise<RetentionRun['items']> {
  const items: RetentionRun['items'] = []
  for (const name of keepSettings) {
    const keptMs = setting[name]
    if (keptMs === undefined) continue
    const at = now()
    const beforeMs = at - keptMs
    const keptFor = formatDuration(keptMs)
    const keeping = { beforeMs, by: 'retention', reason: `${name} is ${keptFor}`, at }
    const before = formatTimestamp(beforeMs)
    items.push({ setting: name, keptFor, before, deleted: await deleted(name, keeping) })
  }
  return items
}

const countOf = {
  keepReports: countOldReports,
  keepRejectedRows: countOldRejectedRows,
  keepPolls: countOldPolls,
} satisfies Record<KeepSetting, (db: Db, beforeMs: number) => Promise<number>>

type Steps = (db: Db, keeping: Keeping) => AsyncGenerator<number>

const stepsOf: Readonly<Record<KeepSetting, Steps>> = {
  keepReports: repeated(deleteOldReports),
  keepRejectedRows: repeated(deleteOldRejectedRows),
  keepPolls: deleteOldPolls,
}

function repeated(step: (db: Db, keeping: Keeping) => Promise<number>): Steps {
  return async function* (db, keeping) {
    for (;;) yield step(db, keeping)
  }
}
