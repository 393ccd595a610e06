/** What `<input type="datetime-local">` reads and writes, on a store's clocks. */
import { createLocalClock } from '../../../../shared/local-clock.ts'
import type { Timeline } from '../../../../shared/timeline.ts'

type Offsets = Timeline['offsets']

/** `2023-01-24T13:53`. */
export function localInputOf(epochMs: number, offsets: Offsets): string {
  return new Date(createLocalClock(offsets).localMsOf(epochMs)).toISOString().slice(0, 16)
}

/** The instant, the first where the clocks show it twice; undefined where it is no time. */
export function instantOfLocal(text: string, offsets: Offsets): string | undefined {
  const localMs = Date.parse(`${text}Z`)
  if (Number.isNaN(localMs)) return undefined
  const { localMsOf } = createLocalClock(offsets)
  const shown = offsets.map(({ offsetMs }) => localMs - offsetMs).toSorted((a, b) => a - b)
  const ms = shown.find((candidate) => localMsOf(candidate) === localMs) ?? shown.at(-1) ?? localMs
  return new Date(ms).toISOString()
}
