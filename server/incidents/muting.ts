import type { Incident } from './incident.ts'

/** Of a time in which an incident's messages are held back: rule 43 of docs/uptime.md. */
export type Mute = Pick<Incident, 'openedMs' | 'closedMs'>

/**
 * When an instant is told of: at once, or when what mutes it then has ended, and whatever else mutes it at that; undefined while
 * that is not known.
 */
function toldAt(instantMs: number, mutes: readonly Mute[]): number | undefined {
  const mute = mutes.find(
    ({ openedMs, closedMs }) => openedMs <= instantMs && (closedMs === null || closedMs > instantMs),
  )
  if (mute === undefined) return instantMs
  return mute.closedMs === null ? undefined : toldAt(mute.closedMs, mutes)
}

/** When an incident's opening and its end are told; undefined where they never are, or are not yet. */
export interface Telling {
  readonly openedMs: number | undefined
  readonly closedMs: number | undefined
}

/** An incident that is over by the time that it would be told is not; the end of one that was not told is not, either. */
export function tellingOf({ openedMs, closedMs }: Incident, mutes: readonly Mute[]): Telling {
  const opened = toldAt(openedMs, mutes)
  const isTold = opened !== undefined && (closedMs === null || opened === openedMs || opened < closedMs)
  if (!isTold) return { openedMs: undefined, closedMs: undefined }
  return { openedMs: opened, closedMs: closedMs === null ? undefined : toldAt(closedMs, mutes) }
}
