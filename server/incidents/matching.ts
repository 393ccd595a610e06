import type { Incident } from './incident.ts'

/** When something opened, and when it closed; null while it is open. */
type Open = Pick<Incident, 'openedMs' | 'closedMs'>

/** An incident that is known of, and what was found of it now; one of them is perhaps undefined. */
export type Match<Known, Found> =
  | { readonly known: Known; readonly found: Found | undefined }
  | { readonly known: undefined; readonly found: Found }

interface Pair<Known, Found> {
  readonly known: Known
  readonly found: Found
  readonly overlapMs: number
  readonly apartMs: number
}

/**
 * Which of the incidents that are known of, of one store and one kind of rule, is which of those that were found: by the greatest overlap
 * of the times that they were open, what is open being so until `endMs`. Those that nothing overlaps are alone.
 */
export function matched<Known extends Open, Found extends Open>(
  known: readonly Known[],
  found: readonly Found[],
  endMs: number,
): Match<Known, Found>[] {
  const pairs = known
    .flatMap((ofKnown) => found.map((ofFound) => pairOf(ofKnown, ofFound, endMs)))
    .filter(({ overlapMs, apartMs }) => overlapMs > 0 || apartMs === 0)
    .sort((a, b) => b.overlapMs - a.overlapMs || a.apartMs - b.apartMs)
  const foundOf = new Map<Known, Found>()
  const taken = new Set<Found>()
  for (const pair of pairs) {
    if (foundOf.has(pair.known) || taken.has(pair.found)) continue
    foundOf.set(pair.known, pair.found)
    taken.add(pair.found)
  }
  return [
    ...known.map((one) => ({ known: one, found: foundOf.get(one) })),
    ...found.filter((one) => !taken.has(one)).map((one) => ({ known: undefined, found: one })),
  ]
}

function pairOf<Known extends Open, Found extends Open>(
  known: Known,
  found: Found,
  endMs: number,
): Pair<Known, Found> {
  const endOf = ({ closedMs }: Open) => closedMs ?? endMs
  return {
    known,
    found,
    overlapMs: Math.min(endOf(known), endOf(found)) - Math.max(known.openedMs, found.openedMs),
    apartMs: Math.abs(known.openedMs - found.openedMs),
  }
}
