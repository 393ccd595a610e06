/** Instants of data time at which many stores are looked at together: the multiples of `stepMs`. */
export interface Grid {
  readonly stepMs: number
  readonly first: number
  readonly count: number
}

/** Those after `fromMs` and up to `toMs`. */
export function gridOf(stepMs: number, fromMs: number, toMs: number): Grid {
  const first = Math.floor(fromMs / stepMs) + 1
  return { stepMs, first, count: Math.max(0, Math.floor(toMs / stepMs) - first + 1) }
}

export function instantAt({ stepMs, first }: Grid, place: number): number {
  return (first + place) * stepMs
}

/** How many stores there are at each instant of a grid. */
export interface GridCounts {
  /** One more at the instants after `fromMs` and up to `toMs`. */
  add(fromMs: number, toMs: number): void
  counts(): Int32Array
}

export function createGridCounts({ stepMs, first, count }: Grid): GridCounts {
  const changes = new Int32Array(count + 1)
  return {
    add(fromMs, toMs) {
      const from = Math.max(0, Math.floor(fromMs / stepMs) + 1 - first)
      const to = Math.min(count, Math.floor(toMs / stepMs) + 1 - first)
      if (from >= to) return
      changes[from]!++
      changes[to]!--
    },
    counts() {
      let sum = 0
      return changes.map((change) => (sum += change)).subarray(0, count)
    },
  }
}
