import { storeStates, type StoreState as Status } from '../../shared/store-state.ts'
import type { StoreState } from '../uptime/state.ts'
import type { Words } from '../uptime/words.ts'

/**
 * What the stores of a part are at the as_of of their report, packed as 32-bit words, in the order of their totals: for
 * each store its status, and whether its outage is cut off; the downtime of that outage; how long before as_of it began;
 * and how long before it the last poll was. All in milliseconds; `NONE` where there is no such thing.
 */
export type PackedStates = Words

const WORDS_PER_STATE = 4
export const NONE = 2 ** 32 - 1
const CUT = 0x100

export function createStates(storeCount: number): PackedStates {
  return new Uint32Array(storeCount * WORDS_PER_STATE)
}

/** Writes one store's state at its place among the stores. */
export function putState(
  states: PackedStates,
  store: number,
  { status, outage, lastPollMs }: StoreState,
  asOfMs: number,
): void {
  const at = store * WORDS_PER_STATE
  states[at] = storeStates.indexOf(status) + (outage?.isCut ? CUT : 0)
  states[at + 1] = outage?.downtimeMs ?? NONE
  states[at + 2] = outage === undefined ? NONE : asOfMs - outage.startMs
  states[at + 3] = lastPollMs === undefined ? NONE : asOfMs - lastPollMs
}

export function statesOfStores(states: PackedStates, from: number, to: number): PackedStates {
  return states.subarray(from * WORDS_PER_STATE, to * WORDS_PER_STATE)
}

/** Where the status of a store is among `storeStates`. */
export function statusIndexAt(states: PackedStates, store: number): number {
  return states[store * WORDS_PER_STATE]! & 0xff
}

/** One of the words of a store, which of them the offset says. */
export function wordOfState(states: PackedStates, store: number, offset: number): number {
  return states[store * WORDS_PER_STATE + offset]!
}

export const outageMsOffset = 1
export const outageAgeOffset = 2
export const lastPollAgeOffset = 3

/** What a store is, as rows tell it: ages in milliseconds before as_of. */
export interface StateRow {
  readonly now: Status
  readonly isCut: boolean
  readonly downMs: number | null
  readonly outageAgeMs: number | null
  readonly lastPollAgeMs: number | null
}

export function stateAt(states: PackedStates, store: number): StateRow {
  const at = store * WORDS_PER_STATE
  const known = (offset: number) => (states[at + offset] === NONE ? null : states[at + offset]!)
  return {
    now: storeStates[statusIndexAt(states, store)]!,
    isCut: states[at]! >= CUT,
    downMs: known(outageMsOffset),
    outageAgeMs: known(outageAgeOffset),
    lastPollAgeMs: known(lastPollAgeOffset),
  }
}
