import { AppError } from './app-error.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const shortUnitsMs: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }
const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/
const isoUnitsMs = [7 * DAY_MS, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS]

/** What `parseDuration` takes, for messages. */
const durationForms = 'a number and a unit such as "90m", "24h" or "7d", or ISO 8601 such as "PT24H"'

/** Elapsed time in milliseconds; a day is 24 hours. Throws an `invalid` AppError that says what is allowed. */
export function parseDuration(text: string): number {
  const short = /^(\d+)([smhd])$/.exec(text)
  if (short) return Number(short[1]) * shortUnitsMs[short[2]!]!
  const parts = iso.exec(text)?.slice(1)
  if (!parts?.some((part) => part !== undefined) || text.endsWith('T')) {
    throw new AppError('invalid', `"${text}" is not a duration: write ${durationForms}`)
  }
  return parts.reduce((sum, part, unit) => sum + Number(part ?? 0) * isoUnitsMs[unit]!, 0)
}

/** The shortest form of whole milliseconds that `parseDuration` reads back, for whole seconds: `90m`, `24h`, `7d`. */
export function formatDuration(ms: number): string {
  if (ms % DAY_MS === 0 && ms > DAY_MS) return `${ms / DAY_MS}d`
  if (ms % HOUR_MS === 0) return `${ms / HOUR_MS}h`
  if (ms % MINUTE_MS === 0) return `${ms / MINUTE_MS}m`
  return `${ms / SECOND_MS}s`
}
