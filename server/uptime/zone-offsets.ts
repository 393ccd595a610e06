import { Temporal } from './temporal.ts'

/**
 * The offsets from UTC of a zone over some time, as eras: era `i` lasts from `startsMs[i]` to `startsMs[i + 1]`, and
 * local time is UTC plus `offsetsMs[i]` in it. The first era starts at -Infinity.
 */
export interface ZoneOffsets {
  readonly startsMs: readonly number[]
  readonly offsetsMs: readonly number[]
}

/** The offsets of an IANA zone for all instants from `fromMs` to `toMs`. Throws RangeError for an unknown zone. */
export function zoneOffsets(timezone: string, fromMs: number, toMs: number): ZoneOffsets {
  let at = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(timezone)
  const startsMs = [-Infinity]
  const offsetsMs = [at.offsetNanoseconds / 1e6]
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (next === null || next.epochMilliseconds > toMs) return { startsMs, offsetsMs }
    at = next
    startsMs.push(at.epochMilliseconds)
    offsetsMs.push(at.offsetNanoseconds / 1e6)
  }
}

/** What local time is ahead of UTC at an instant. */
export function offsetMsAt({ startsMs, offsetsMs }: ZoneOffsets, atMs: number): number {
  let era = 0
  while (era + 1 < startsMs.length && startsMs[era + 1]! <= atMs) era++
  return offsetsMs[era]!
}

/**
 * The instant of a local date and time, given as the epoch milliseconds it would have in UTC. A time that a clock
 * change skips is taken after the gap, by its length; of a repeated one, the first occurrence: Temporal's `compatible`.
 */
export function instantOfLocal({ startsMs, offsetsMs }: ZoneOffsets, localMs: number): number {
  let era = 0
  while (era + 1 < startsMs.length && localMs - offsetsMs[era]! >= startsMs[era + 1]!) era++
  const instant = localMs - offsetsMs[era]!
  const isSkipped = instant < startsMs[era]!
  return isSkipped ? localMs - offsetsMs[era - 1]! : instant
}

/** `name` as the zone database spells it, or undefined where it is no IANA zone. */
export function ianaZoneName(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined // an offset such as +05:30
  try {
    const { timeZoneId } = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    // Temporal also takes the zone out of a time such as T00:00[America/Chicago].
    return timeZoneId.toLowerCase() === name.toLowerCase() ? timeZoneId : undefined
  } catch {
    return undefined
  }
}
