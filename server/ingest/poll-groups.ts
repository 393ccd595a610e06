/** The weeks of stores, each a group of polls, counted from 0 in the order in which they come. */
export interface PollGroups {
  groupOf(store: number, week: number): number
  weekOf(group: number): number
  size(): number
  /** The groups of a store in ascending order of week. */
  ofStore(store: number): number[]
}

const NONE = -1

/**
 * Kept in arrays of numbers: a million stores have millions of groups. A store's groups are a chain that starts with the
 * one of its latest poll, as most polls are of the same week as the store's one before. A hash table finds the others.
 */
export function createPollGroups(): PollGroups {
  let count = 0
  let stores = new Int32Array(1024)
  let weeks = new Int32Array(1024)
  let nextOfStore = new Int32Array(1024)
  let firstOfStore = new Int32Array(1024).fill(NONE)
  /** Of each store, the group of its latest poll and that group's week. */
  let latest = new Int32Array(2048).fill(NONE)
  let slots = new Int32Array(4096).fill(NONE)

  /** Where the group of a store and week is in `slots`, or the free place where it belongs. */
  function slotOf(store: number, week: number): number {
    const mask = slots.length - 1
    const hash = Math.imul(store, 0x9e3779b1) ^ Math.imul(week, 0x85ebca6b)
    let at = (hash ^ (hash >>> 15)) & mask
    for (let group = slots[at]!; group !== NONE; group = slots[at]!) {
      if (stores[group] === store && weeks[group] === week) break
      at = (at + 1) & mask
    }
    return at
  }

  function add(store: number, week: number): number {
    if (count === stores.length) {
      stores = grown(stores)
      weeks = grown(weeks)
      nextOfStore = grown(nextOfStore)
    }
    const group = count++
    stores[group] = store
    weeks[group] = week
    nextOfStore[group] = firstOfStore[store]!
    firstOfStore[store] = group
    if (count * 2 > slots.length) {
      slots = new Int32Array(slots.length * 2).fill(NONE)
      for (let each = 0; each < count; each++) slots[slotOf(stores[each]!, weeks[each]!)] = each
    } else slots[slotOf(store, week)] = group
    return group
  }

  function findOrAdd(store: number, week: number): number {
    while (store >= firstOfStore.length) {
      firstOfStore = grown(firstOfStore)
      latest = grown(latest)
    }
    const known = slots[slotOf(store, week)]!
    const group = known === NONE ? add(store, week) : known
    latest[2 * store] = group
    latest[2 * store + 1] = week
    return group
  }

  return {
    groupOf(store, week) {
      const at = 2 * store
      const isLatest = at < latest.length && latest[at + 1] === week && latest[at] !== NONE
      return isLatest ? latest[at]! : findOrAdd(store, week)
    },
    weekOf: (group) => weeks[group]!,
    size: () => count,
    ofStore(store) {
      const groups: number[] = []
      for (let group = firstOfStore[store] ?? NONE; group !== NONE; group = nextOfStore[group]!)
        groups.push(group)
      return groups.sort((a, b) => weeks[a]! - weeks[b]!)
    },
  }
}

/** An array of twice the length, NONE where it is new. */
function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2).fill(NONE, array.length)
  larger.set(array)
  return larger
}
