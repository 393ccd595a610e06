/** What changed of the data. */
export interface Changed {
  /** How many rows changed something. */
  readonly rows: number
  /** Of how many stores. */
  readonly stores: number
  /** The first and last poll that is new, or says something else; undefined where there is none. */
  readonly firstPollMs?: number | undefined
  readonly lastPollMs?: number | undefined
}

export const nothingChanged: Changed = { rows: 0, stores: 0 }

/** Both together, which are of different stores. */
export function bothChanged(one: Changed, other: Changed): Changed {
  return {
    rows: one.rows + other.rows,
    stores: one.stores + other.stores,
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
