import type { StoreId } from '../../../shared/ids.ts'
import { pollWeekOf, pollWord, sortWeek, type PollWords } from '../../uptime/poll-week.ts'

/** A store's polls of a week: sorted words, at most one of a millisecond. */
export interface PushedWeek {
  readonly storeId: StoreId
  readonly week: number
  readonly words: PollWords
}

/** Gathers polls in any order. */
export interface PushedPolls {
  add(storeId: StoreId, epochMs: number, isActive: boolean): void
  addWeek(pushed: PushedWeek): void
  /** In ascending order of store, then week; of polls at the same millisecond, the one that was added last is there. */
  weeks(): PushedWeek[]
}

export function createPushedPolls(): PushedPolls {
  const stores = new Map<StoreId, Map<number, number[]>>()

  function wordsOf(storeId: StoreId, week: number): number[] {
    let weeks = stores.get(storeId)
    if (weeks === undefined) stores.set(storeId, (weeks = new Map<number, number[]>()))
    let words = weeks.get(week)
    if (words === undefined) weeks.set(week, (words = []))
    return words
  }

  return {
    add(storeId, epochMs, isActive) {
      wordsOf(storeId, pollWeekOf(epochMs)).push(pollWord(epochMs, isActive))
    },
    addWeek({ storeId, week, words: added }) {
      const words = wordsOf(storeId, week)
      for (const word of added) words.push(word)
    },
    weeks() {
      const inOrder = [...stores].sort(([a], [b]) => byBytes(a, b))
      return inOrder.flatMap(([storeId, weeks]) =>
        [...weeks]
          .sort(([a], [b]) => a - b)
          .map(([week, words]) => ({ storeId, week, words: sorted(words) })),
      )
    },
  }
}

function sorted(words: readonly number[]): PollWords {
  const inOrder = Uint32Array.from(words)
  return inOrder.subarray(0, sortWeek(inOrder, 0, inOrder.length))
}

/** Ids are ASCII. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
