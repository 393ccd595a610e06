const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** After each attempt that failed, as Standard Webhooks has it. */
const waitsMs = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
]
const SPREAD = 0.2

/** How long until the next attempt; undefined where there were enough. `random` is from 0 to before 1. */
export function waitAfterMs(attempts: number, random: number): number | undefined {
  const ms = waitsMs[attempts - 1]
  return ms === undefined ? undefined : Math.round(ms * (1 - SPREAD + 2 * SPREAD * random))
}
