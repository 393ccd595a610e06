import { AppError } from '../../shared/app-error.ts'
import type { Interval } from '../uptime/interval.ts'
import { exactInstant } from './exact-instant.ts'

const DAY_MS = 86_400_000
const USUAL_MS = 7 * DAY_MS
const MOST_DAYS = 400

interface Asked {
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/**
 * The instants of which incidents are asked for; without an end, also those after data time, in which feeds may be late. Throws an
 * `invalid` AppError where they are none, or too many.
 */
export function askedTime({ since, until = Infinity }: Asked, dataTimeMs: number): Interval {
  const knownEndMs = Math.min(until, dataTimeMs + 1)
  const startMs = since ?? knownEndMs - USUAL_MS
  if (startMs >= knownEndMs) {
    const latest = until > dataTimeMs ? `the latest poll, ${exactInstant(dataTimeMs)}` : 'until'
    throw new AppError('invalid', `since is not before ${latest}: give an earlier instant as since`)
  }
  if (knownEndMs - startMs > MOST_DAYS * DAY_MS) {
    throw new AppError(
      'invalid',
      `since is ${Math.ceil((knownEndMs - startMs) / DAY_MS)} days before the end: at most ${MOST_DAYS} are looked at`,
    )
  }
  return { startMs, endMs: until }
}
