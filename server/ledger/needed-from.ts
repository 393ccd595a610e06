import type { ToldIncident } from '../database/told-incidents.ts'
import type { Mute } from '../incidents/muting.ts'

/**
 * From when on it has to be certain what was found, so that all of it can be compared that may be otherwise since an instant: what was told
 * to be open may be over since long before, and so may be what is told only when what held it back ends.
 */
export function neededFromMs(startMs: number, rows: readonly ToldIncident[], mutes: readonly Mute[]): number {
  const fromMs = Math.min(startMs, ...openedOf(rows))
  return heldBackFromMs(fromMs, mutes)
}

function openedOf(rows: readonly ToldIncident[]): number[] {
  return rows.filter(({ told }) => told === 'open').map(({ opened_at }) => opened_at)
}

/** What one of them holds back, another may have held back before. */
function heldBackFromMs(fromMs: number, mutes: readonly Mute[]): number {
  const earlier = mutes.filter(
    ({ openedMs, closedMs }) => openedMs < fromMs && (closedMs ?? Infinity) >= fromMs,
  )
  if (earlier.length === 0) return fromMs
  return heldBackFromMs(Math.min(...earlier.map(({ openedMs }) => openedMs)), mutes)
}
