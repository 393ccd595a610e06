import type { Timeline } from './timeline.ts'

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

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
      const local = new Date(localMsOf(typeof instant === 'string' ? Date.parse(instant) : instant))
      const [date = '', time = ''] = local.toISOString().split('T')
      return `${weekdays[local.getUTCDay()]} ${date} ${time.slice(0, 5)}`
    },
  }
}
