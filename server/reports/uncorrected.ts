import type { Db } from '../database/connect.ts'
import { readPart, type DonePart } from '../database/report-results.ts'
import { bytesOfWords, wordsOfBytes, type Words } from '../uptime/words.ts'

/**
 * Totals without corrections, packed as a part's totals are, of those of its stores where they differ from these: a report
 * keeps no others.
 */
export interface Uncorrected {
  readonly totals: Words
  /** The places of the stores among them, by their keys. */
  readonly placeOf: ReadonlyMap<number, number>
}

export interface UncorrectedTotals {
  /** Takes the totals without corrections of the store at a place, unless they are those with them. Places ascend. */
  put(place: number, corrected: Words, uncorrected: Words): void
  /** Those of the stores from the one at `first` to before the one at `next`; undefined where there are none. */
  bytesBetween(first: number, next: number): Uint8Array | undefined
}

export function createUncorrected(): UncorrectedTotals {
  const stores: { readonly place: number; readonly words: Words }[] = []
  return {
    put(place, corrected, uncorrected) {
      if (uncorrected.some((word, i) => word !== corrected[i])) stores.push({ place, words: uncorrected })
    },
    bytesBetween(first, next) {
      const between = stores.filter(({ place }) => place >= first && place < next)
      if (between.length === 0) return undefined
      const words = new Uint32Array(between.reduce((sum, { words }) => sum + words.length, 0))
      let at = 0
      for (const { words: ofStore } of between) {
        words.set(ofStore, at)
        at += ofStore.length
      }
      return bytesOfWords(words)
    },
  }
}

/** What is stored of a part, whose stores have so many words each; undefined where nothing differs. */
export async function readUncorrected(
  db: Db,
  reportKey: number,
  { part, hasUncorrected }: Pick<DonePart, 'part' | 'hasUncorrected'>,
  wordsPerStore: number,
): Promise<Uncorrected | undefined> {
  if (!hasUncorrected) return undefined
  return uncorrectedOf(wordsOfBytes(await readPart(db, reportKey, part, 'uncorrected')), wordsPerStore)
}

export function uncorrectedOf(totals: Words, wordsPerStore: number): Uncorrected {
  const placeOf = new Map<number, number>()
  for (let at = 0; at < totals.length; at += wordsPerStore) placeOf.set(totals[at]!, at / wordsPerStore)
  return { totals, placeOf }
}

/** Those of several parts as one; undefined where there are none. */
export function joinedUncorrected(
  parts: readonly Uncorrected[],
  wordsPerStore: number,
): Uncorrected | undefined {
  if (parts.length === 0) return undefined
  const totals = new Uint32Array(parts.reduce((sum, part) => sum + part.totals.length, 0))
  const placeOf = new Map<number, number>()
  let at = 0
  for (const part of parts) {
    totals.set(part.totals, at)
    for (const [storeKey, place] of part.placeOf) placeOf.set(storeKey, at / wordsPerStore + place)
    at += part.totals.length
  }
  return { totals, placeOf }
}

/** Of one store. */
export function uncorrectedOfOne(corrected: Words, uncorrected: Words): Uncorrected | undefined {
  const isSame = uncorrected.every((word, i) => word === corrected[i])
  return isSame ? undefined : uncorrectedOf(uncorrected, uncorrected.length)
}
