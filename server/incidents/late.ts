import type { Incident } from './incident.ts'

/** Rule 42 of docs/uptime.md: the one incident that only the clock tells of. */
export function lateIncidents(latestPollMs: number, nowMs: number, forMs: number): Incident[] {
  if (latestPollMs === -Infinity || nowMs - latestPollMs <= forMs) return []
  return [
    {
      condition: 'late',
      startMs: latestPollMs,
      openedMs: latestPollMs + forMs,
      closedMs: null,
      ending: null,
      value: nowMs - latestPollMs,
    },
  ]
}
