import { weekdays } from '../../../shared/local-date.ts'

/** Business time by status, of whatever. */
export interface Tally {
  readonly uptimeMs: number
  readonly downtimeMs: number
  readonly unknownMs: number
  readonly excusedMs: number
}

/** Business time that counts: what is excused does not. */
export function countedMs({ uptimeMs, downtimeMs, unknownMs }: Tally): number {
  return uptimeMs + downtimeMs + unknownMs
}

/** `Tue 14:00–15:00` of an hour of the week. */
export function hourName(hour: number): string {
  const start = hour % 24
  const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`
  return `${weekdays[Math.floor(hour / 24)]} ${clock(start)}–${clock(start + 1)}`
}
