import { formatTimestamp, parseTimestamp, timestampForms } from '../../../shared/timestamp.ts'
import { quoted } from './row-collector.ts'

/** How much later than the moment at which it is taken in a poll may be: clocks differ, years that are typed do more. */
const MOST_AHEAD_MS = 86_400_000

/** What a store was, and when. */
export interface Observation {
  readonly isActive: boolean
  readonly epochMs: number
}

export function latestObservationMs(takenInAt: number): number {
  return takenInAt + MOST_AHEAD_MS
}

/** What a status and an instant say that are taken in at `takenInAt`, or why they cannot be taken. */
export function readObservation(status: string, timestamp: string, takenInAt: number): Observation | string {
  const isActive = isActiveOf(status)
  if (isActive === undefined) return `status ${quoted(status)} is neither active nor inactive`
  const epochMs = parseTimestamp(timestamp)
  if (Number.isNaN(epochMs)) {
    return `timestamp_utc ${quoted(timestamp)} is not an instant: write ${timestampForms}`
  }
  if (epochMs > latestObservationMs(takenInAt)) {
    return `timestamp_utc ${quoted(timestamp)} is more than 24 hours after now (${formatTimestamp(takenInAt)}): is its year right?`
  }
  return { isActive, epochMs }
}

const statuses: ReadonlyMap<string, boolean> = new Map([
  ...['active', 'online', 'up'].map((text) => [text, true] as const),
  ...['inactive', 'offline', 'down'].map((text) => [text, false] as const),
])

/** Undefined for what is no status. */
function isActiveOf(text: string): boolean | undefined {
  return statuses.get(text) ?? statuses.get(text.trim().toLowerCase())
}
