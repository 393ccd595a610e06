/** What a store was and is, by their places in `storeStates`, or `NO_STORE`. */
export interface StatusChange {
  readonly from: number
  readonly to: number
}

/** By store key. */
export type StatusChanges = ReadonlyMap<number, StatusChange>

/** What became another of late, by the batch as of which it was found. */
export interface ChangeLog {
  /** Forgets all: what was before this batch is not known. */
  restart(batch: number): void
  add(batch: number, changes: StatusChanges): void
  /** What has changed since a batch; undefined where that is not known any more. */
  after(batch: number): StatusChanges | undefined
}

const MOST_ENTRIES = 1000
const MOST_CHANGES = 50_000

export function createChangeLog(): ChangeLog {
  let entries: { readonly batch: number; readonly changes: StatusChanges }[] = []
  let firstBatch = Infinity
  let lastBatch = -Infinity
  let count = 0

  return {
    restart(batch) {
      entries = []
      count = 0
      firstBatch = lastBatch = batch
    },
    add(batch, changes) {
      lastBatch = batch
      if (changes.size === 0) return
      entries.push({ batch, changes })
      count += changes.size
      while (entries.length > MOST_ENTRIES || (count > MOST_CHANGES && entries.length > 0)) {
        const oldest = entries.shift()!
        count -= oldest.changes.size
        firstBatch = oldest.batch
      }
    },
    after(batch) {
      if (batch < firstBatch || batch > lastBatch) return undefined
      const merged = new Map<number, StatusChange>()
      for (const entry of entries) {
        if (entry.batch <= batch) continue
        for (const [storeKey, { from, to }] of entry.changes) {
          merged.set(storeKey, { from: merged.get(storeKey)?.from ?? from, to })
        }
      }
      for (const [storeKey, { from, to }] of merged) if (from === to) merged.delete(storeKey)
      return merged
    },
  }
}
