import { emptySlots, NONE } from './id-table'

/** What is known of each group lies together, four bytes each; of each store, its latest group and first one. */
const GROUP: u32 = 12
const STORE: usize = 0
const WEEK: usize = 4
const NEXT_OF_STORE: usize = 8
const STORE_GROUPS: u32 = 12
const LATEST: usize = 0
const LATEST_WEEK: usize = 4
const FIRST: usize = 8

/**
 * The weeks of stores, each a group of polls, counted from 0 in the order in which they come. A store's groups are a
 * chain. Most polls are of the same week as the store's one before; a hash table finds the others.
 */
export class PollGroups {
  count: u32 = 0
  private room: u32 = 1024
  private groups: usize = heap.alloc(1024 * GROUP)
  private storeRoom: u32 = 1024
  private stores: usize = emptyStores(0, 0, 1024)
  private slotMask: u32 = 4095
  private slots: usize = emptySlots(4096)

  groupOf(ofStore: u32, week: i32): u32 {
    if (ofStore >= this.storeRoom) this.makeRoomForStore(ofStore)
    const known = this.stores + STORE_GROUPS * ofStore
    const isLatest = load<i32>(known, LATEST_WEEK) === week && load<u32>(known, LATEST) !== NONE
    return isLatest ? load<u32>(known, LATEST) : this.findOrAdd(ofStore, week)
  }

  clear(): void {
    this.count = 0
    memory.fill(this.stores, 0xff, this.storeRoom * STORE_GROUPS)
    memory.fill(this.slots, 0xff, 4 * (this.slotMask + 1))
  }

  weekOf(group: u32): i32 {
    return load<i32>(this.group(group), WEEK)
  }

  /** A store's groups: the first, and from each the next; NONE behind the last. */
  firstOf(ofStore: u32): u32 {
    return ofStore < this.storeRoom ? load<u32>(this.stores + STORE_GROUPS * ofStore, FIRST) : NONE
  }

  nextOf(group: u32): u32 {
    return load<u32>(this.group(group), NEXT_OF_STORE)
  }

  private group(group: u32): usize {
    return this.groups + GROUP * group
  }

  private findOrAdd(ofStore: u32, week: i32): u32 {
    const slot = this.slotOf(ofStore, week)
    const known = load<u32>(slot)
    const group = known === NONE ? this.add(ofStore, week, slot) : known
    const latest = this.stores + STORE_GROUPS * ofStore
    store<u32>(latest, group, LATEST)
    store<i32>(latest, week, LATEST_WEEK)
    return group
  }

  private add(ofStore: u32, week: i32, slot: usize): u32 {
    if (this.count === this.room) {
      this.room *= 2
      this.groups = heap.realloc(this.groups, this.room * GROUP)
    }
    const group = this.count++
    const chain = this.stores + STORE_GROUPS * ofStore
    store<u32>(this.group(group), ofStore, STORE)
    store<i32>(this.group(group), week, WEEK)
    store<u32>(this.group(group), load<u32>(chain, FIRST), NEXT_OF_STORE)
    store<u32>(chain, group, FIRST)
    store<u32>(slot, group)
    if (this.count * 2 > this.slotMask) this.doubleSlots()
    return group
  }

  /** Where the group of a store and week is in the hash table, or the free place where it belongs. */
  private slotOf(ofStore: u32, week: i32): usize {
    let hash = (ofStore * 0x9e3779b1) ^ (<u32>week * 0x85ebca6b)
    hash ^= hash >> 15
    let slot = hash & this.slotMask
    while (!this.isSlotOf(slot, ofStore, week)) slot = (slot + 1) & this.slotMask
    return this.slots + 4 * slot
  }

  private isSlotOf(slot: u32, ofStore: u32, week: i32): bool {
    const group = load<u32>(this.slots + 4 * slot)
    return group === NONE || (load<u32>(this.group(group), STORE) === ofStore && this.weekOf(group) === week)
  }

  private doubleSlots(): void {
    const slotCount = 2 * (this.slotMask + 1)
    heap.free(this.slots)
    this.slots = emptySlots(slotCount)
    this.slotMask = slotCount - 1
    for (let group: u32 = 0; group < this.count; group++) {
      store<u32>(this.slotOf(load<u32>(this.group(group), STORE), this.weekOf(group)), group)
    }
  }

  private makeRoomForStore(ofStore: u32): void {
    const before = this.storeRoom
    this.storeRoom = 2 * max(ofStore, before)
    this.stores = emptyStores(this.stores, before, this.storeRoom)
  }
}

/** Room for `count` stores, with those that there were before. */
function emptyStores(stores: usize, before: u32, count: u32): usize {
  const larger = stores === 0 ? heap.alloc(count * STORE_GROUPS) : heap.realloc(stores, count * STORE_GROUPS)
  memory.fill(larger + before * STORE_GROUPS, 0xff, (count - before) * STORE_GROUPS)
  return larger
}
