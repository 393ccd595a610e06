/** What changed of the data. */
export interface Changed {
  /** How many rows changed something. */
  readonly rows: number
  /** Of which stores: their keys, each once. */
  readonly storeKeys: readonly number[]
  /** The first and last poll that is new, or says something else; undefined where there is none. */
  readonly firstPollMs?: number | undefined
  readonly lastPollMs?: number | undefined
}

export const nothingChanged: Changed = { rows: 0, storeKeys: [] }

/** Both together, which are of different stores. */
export function bothChanged(one: Changed, other: Changed): Changed {
  return {
    rows: one.rows + other.rows,
    storeKeys: [...one.storeKeys, ...other.storeKeys],
    firstPollMs: least(one.firstPollMs, other.firstPollMs),
    lastPollMs: most(one.lastPollMs, other.lastPollMs),
  }
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.min(one, other)
}

function most(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.max(one, other)
}
