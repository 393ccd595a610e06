/** What is kept in memory of each store, by its key: 34 bytes. */
export interface StoreTable {
  /** All keys are below it. */
  readonly size: number
  flags: Uint8Array
  /** Where its schedule is among the hours. */
  schedule: Uint32Array
  /** Its last poll, and the last that speaks. */
  lastMs: Float64Array
  speaksMs: Float64Array
  /** When the outage began that it is in, where the last poll that speaks is inactive. */
  startMs: Float64Array
  /** What it is, by its place in `storeStates`; `NO_STORE` where there is none. */
  status: Uint8Array
  /** Makes room for keys up to this one. */
  reach(lastKey: number): void
  /** Forgets all. */
  clear(): void
}

/** There is such a store. */
export const EXISTS = 1
/** It was polled, at last active. */
export const POLLED = 2
export const LAST_ACTIVE = 4
/** A poll speaks for it, an active one. */
export const SPEAKS = 8
export const SPEAKS_ACTIVE = 16
/** It has corrections; what they make of it now. */
export const CORRECTED = 32
export const CLOSED_NOW = 64
export const EXCUSED_NOW = 128

export const NO_STORE = 0xff

export function createStoreTable(): StoreTable {
  let size = 0
  const table = {
    get size() {
      return size
    },
    ...arrays(0),
    reach(lastKey: number) {
      if (lastKey < size) return
      if (lastKey >= table.flags.length) {
        const grown = arrays(Math.max(lastKey + 1, 1024, Math.ceil(size * 1.5)))
        grown.flags.set(table.flags)
        grown.schedule.set(table.schedule)
        grown.lastMs.set(table.lastMs)
        grown.speaksMs.set(table.speaksMs)
        grown.startMs.set(table.startMs)
        grown.status.set(table.status)
        Object.assign(table, grown)
      }
      size = lastKey + 1
    },
    clear() {
      size = 0
      Object.assign(table, arrays(0))
    },
  }
  return table
}

function arrays(length: number) {
  return {
    flags: new Uint8Array(length),
    schedule: new Uint32Array(length),
    lastMs: new Float64Array(length),
    speaksMs: new Float64Array(length),
    startMs: new Float64Array(length),
    status: new Uint8Array(length).fill(NO_STORE),
  }
}
