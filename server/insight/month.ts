import { AppError } from '../../shared/app-error.ts'
import { formatLocalDate, parseLocalDate } from '../../shared/local-date.ts'
import { exactInstant } from './exact-instant.ts'

const DAY_MS = 86_400_000

/** The first and the last local date of a month, in days since 1970-01-01. */
export interface Month {
  /** As YYYY-MM. */
  readonly name: string
  readonly fromDate: number
  readonly toDate: number
}

/** A month, or that of data time. Throws an `invalid` AppError where it has begun nowhere at data time. */
export function askedMonth(asked: string | undefined, dataTimeMs: number): Month {
  const name = asked ?? exactInstant(dataTimeMs).slice(0, 7)
  const fromDate = parseLocalDate(`${name}-01`)!
  if ((fromDate - 1) * DAY_MS > dataTimeMs) {
    const latest = exactInstant(dataTimeMs)
    throw new AppError(
      'invalid',
      `${name} had not begun at the latest poll, ${latest}: ask for ${latest.slice(0, 7)} or a month before`,
    )
  }
  const next = formatLocalDate(fromDate + 31).slice(0, 7)
  return { name, fromDate, toDate: parseLocalDate(`${next}-01`)! - 1 }
}
