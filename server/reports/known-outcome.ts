import type { PartsOutcome } from '../database/shared-parts.ts'

/** What was found last of what is left of a report. */
const found = [undefined, 'taken', 'over', 'unwanted'] as const satisfies (PartsOutcome | undefined)[]
const ASK = 0
const TAKEN = 1

/** What those tell each other who do parts of a report, in threads of a process: so tasks that wait for a thread need not ask in vain. */
export type KnownOutcome = SharedArrayBuffer

export function nothingKnown(): KnownOutcome {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
}

/** What others are at may be free again. */
export function forgetTaken(known: KnownOutcome): void {
  Atomics.compareExchange(new Int32Array(known), 0, TAKEN, ASK)
}

export async function unlessKnown(
  known: KnownOutcome,
  work: () => Promise<PartsOutcome>,
): Promise<PartsOutcome> {
  const shared = new Int32Array(known)
  const before = found[Atomics.load(shared, 0)]
  if (before !== undefined) return before
  const outcome = await work()
  const place = (found as readonly (PartsOutcome | undefined)[]).indexOf(outcome)
  if (place === TAKEN) Atomics.compareExchange(shared, 0, ASK, TAKEN)
  else if (place > TAKEN) Atomics.store(shared, 0, place)
  return outcome
}
