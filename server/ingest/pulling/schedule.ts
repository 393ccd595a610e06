import { Cron } from 'croner'
import type { SourceSetting } from '../../config-file/source-setting.ts'

type Schedule = Pick<SourceSetting, 'schedule' | 'zone'>

/** The first time of a schedule after an instant; undefined where there is none. */
export function nextScheduled({ schedule, zone }: Schedule, afterMs: number): number | undefined {
  return new Cron(schedule, { timezone: zone }).nextRun(new Date(afterMs))?.getTime()
}

/** Clocks of several servers differ. */
const MOST_AHEAD_MS = 5 * 60_000

export interface Attempts {
  /** null before the first. */
  readonly lastAttemptAt: number | null
  readonly retryAt: number | null
}

/** When a source is pulled next: one that never was, at once; so is one that was by a clock that was put back since. */
export function nextPullAt(schedule: Schedule, { lastAttemptAt, retryAt }: Attempts, nowMs: number): number {
  if (lastAttemptAt === null || lastAttemptAt > nowMs + MOST_AHEAD_MS) return 0
  return Math.min(retryAt ?? Infinity, nextScheduled(schedule, lastAttemptAt) ?? Infinity)
}

const FIRST_RETRY_MS = 30_000
const LONGEST_RETRY_MS = 3_600_000

/**
 * How long to wait after so many failures one after the other: twice as long each time, and not at the same moment as others.
 * undefined where it is left to the schedule. `random` is from 0 to before 1.
 */
export function retryAfterMs(failures: number, retries: number, random: number): number | undefined {
  if (failures > retries) return undefined
  const longest = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS)
  return Math.round(longest * (0.5 + random))
}
