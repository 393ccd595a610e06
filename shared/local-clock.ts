import { weekdayOf } from './local-date.ts'
import type { Timeline } from './timeline.ts'

const DAY_MS = 86_400_000

/** Tells local times of a store, by the offsets that its timeline has. */
export interface LocalClock {
  /** What local time would have as epoch milliseconds in UTC. */
  localMsOf(epochMs: number): number
  /** `Tue 2023-01-24 13:53`. */
  format(instant: string | number): string
}

export function createLocalClock(offsets: Timeline['offsets']): LocalClock {
  const eras = offsets.map(({ start, offsetMs }) => ({ startMs: Date.parse(start), offsetMs }))

  function localMsOf(epochMs: number): number {
    const era = eras.findLast(({ startMs }) => startMs <= epochMs) ?? eras[0]
    return epochMs + (era?.offsetMs ?? 0)
  }

  return {
    localMsOf,
    format(instant) {
      const localMs = localMsOf(typeof instant === 'string' ? Date.parse(instant) : instant)
      const date = Math.floor(localMs / DAY_MS)
      return `${weekdayOf(date)} ${new Date(localMs).toISOString().slice(0, 16).replace('T', ' ')}`
    },
  }
}
