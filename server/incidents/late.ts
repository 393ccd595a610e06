import type { Incident } from './incident.ts'

/** Rule 42 of docs/uptime.md: the one incident that only the clock tells of. */
export function lateIncident(latestPollMs: number, nowMs: number, forMs: number): Incident | undefined {
  if (latestPollMs === -Infinity || nowMs - latestPollMs <= forMs) return undefined
  return {
    condition: 'late',
    startMs: latestPollMs,
    openedMs: latestPollMs + forMs,
    closedMs: null,
    ending: null,
    value: nowMs - latestPollMs,
  }
}
