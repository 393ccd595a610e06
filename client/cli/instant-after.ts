import { AppError } from '../../shared/app-error.ts'
import { parseDuration } from '../../shared/duration.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'

const LAST_MS = Date.UTC(9999, 11, 31)

/** The end of what is for so long, as `--for` says it. */
export function instantAfter(startMs: number, duration: string): string {
  const endMs = startMs + parseDuration(duration)
  if (endMs > startMs && endMs < LAST_MS) return formatTimestamp(endMs)
  const what = endMs > startMs ? 'too long' : 'no time at all'
  throw new AppError(
    'invalid',
    `--for: "${duration}" is ${what}: write a duration such as "90m", "4h" or "7d"`,
  )
}
