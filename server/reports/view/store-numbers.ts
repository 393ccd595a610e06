/** A small number for each key: as many as there turn out to be. */
export interface StoreNumbers {
  /** `none` where nothing was put. */
  at(storeKey: number): number
  put(storeKey: number, value: number): void
}

/** Numbers of 16 bits. */
export function createStoreNumbers(none: number): StoreNumbers {
  let numbers = new Int16Array(1024).fill(none)
  return {
    at: (storeKey) => numbers[storeKey] ?? none,
    put(storeKey, value) {
      if (storeKey >= numbers.length) {
        const more = new Int16Array(Math.max(storeKey + 1, Math.ceil(numbers.length * 1.5))).fill(none)
        more.set(numbers)
        numbers = more
      }
      numbers[storeKey] = value
    },
  }
}
