import type { StoreId } from '../../shared/ids.ts'
import { maxStoreIdLength, storeIdPattern } from '../../shared/store-id-pattern.ts'
import { createIdTable } from './id-table.ts'

/** The stores that a file names, counted from 0 in the order in which they come. */
export interface StoreIds {
  /** The number of the store whose id, and a comma, is at `start`, if that can be told at once; otherwise -1. */
  guessAt(view: DataView, start: number): number
  /** The number of the store whose id is from `start` to the comma before `end`; -1 for what is no id. */
  numberAt(view: DataView, start: number, end: number): number
  /** How many bytes a store's id and a comma are. */
  lengthOf(store: number): number
  /** The same of a text. */
  numberOf(text: string): number
  idOf(store: number): StoreId
  size(): number
  /** All stores in ascending order of id. */
  inOrder(): number[]
}

/**
 * Ids are kept as bytes: a million of them as strings would take a multiple. Each has a comma behind it, as in a file: no
 * id is the start of another then.
 */
export function createStoreIds(): StoreIds {
  const table = createIdTable()
  const scratch = Buffer.alloc(maxStoreIdLength + 8)
  const scratchView = new DataView(scratch.buffer, scratch.byteOffset, scratch.length)

  function numberOf(text: string): number {
    if (!storeIdPattern.test(text)) return -1
    const length = scratch.write(`${text},`, 'latin1')
    const known = table.find(scratchView, 0, length)
    return known >= 0 ? known : table.add(scratchView, 0, length)
  }

  function idOf(store: number): StoreId {
    return table.textOf(store).slice(0, -1) as StoreId
  }

  return {
    guessAt: table.guess,
    numberAt(view, start, end) {
      const known = table.find(view, start, end)
      if (known >= 0) return known
      return isStoreIdAt(view, start, end - 1) ? table.add(view, start, end) : -1
    },
    lengthOf: table.lengthOf,
    numberOf,
    idOf,
    size: table.size,
    inOrder() {
      const ids = Array.from({ length: table.size() }, (_, store) => idOf(store))
      // Ids are ASCII, so that JavaScript's order is that of their bytes. An array knows when it is sorted already, which
      // most files are nearly; an array of bytes does not.
      return Array.from(ids.keys()).sort((a, b) => (ids[a]! < ids[b]! ? -1 : 1))
    },
  }
}

/** Which bytes an id may start with, and which it may go on with, by the pattern. */
const startBytes = bytesWhere((character) => storeIdPattern.test(character))
const laterBytes = bytesWhere((character) => storeIdPattern.test(`0${character}`))

function bytesWhere(isRight: (character: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (isRight(String.fromCharCode(byte)) ? 1 : 0))
}

/** Whether the bytes from `start` to `end` are as `storeIdPattern` has them. */
function isStoreIdAt(view: DataView, start: number, end: number): boolean {
  if (end - start > maxStoreIdLength || startBytes[view.getUint8(start)] === 0) return false
  let at = start + 1
  while (at < end && laterBytes[view.getUint8(at)] === 1) at++
  return at === end
}
