import type { StoreId } from '../../../shared/ids.ts'
import { pollWeekOf, pollWord, sortWeek, type PollWords } from '../../uptime/poll-week.ts'

/** Polls of stores by week, in any order of stores, as they are gathered. */
export interface PushedPolls {
  add(storeId: StoreId, epochMs: number, isActive: boolean): void
  addWeek(storeId: StoreId, week: number, words: PollWords): void
  addAll(polls: PushedPolls): void
  count(): number
  /** The stores in ascending order of id. */
  storeIds(): StoreId[]
  /** A store's weeks in ascending order, sorted; of polls at the same millisecond, the one that was added last is there. */
  weeksOf(storeId: StoreId): readonly { readonly week: number; readonly words: PollWords }[]
}

export function createPushedPolls(): PushedPolls {
  const stores = new Map<StoreId, Map<number, number[]>>()
  let count = 0

  function wordsOf(storeId: StoreId, week: number): number[] {
    let weeks = stores.get(storeId)
    if (weeks === undefined) stores.set(storeId, (weeks = new Map<number, number[]>()))
    let words = weeks.get(week)
    if (words === undefined) weeks.set(week, (words = []))
    return words
  }

  function addWeek(storeId: StoreId, week: number, added: Iterable<number>): void {
    const words = wordsOf(storeId, week)
    for (const word of added) {
      words.push(word)
      count++
    }
  }

  return {
    add(storeId, epochMs, isActive) {
      wordsOf(storeId, pollWeekOf(epochMs)).push(pollWord(epochMs, isActive))
      count++
    },
    addWeek,
    addAll(polls) {
      for (const storeId of polls.storeIds()) {
        for (const { week, words } of polls.weeksOf(storeId)) addWeek(storeId, week, words)
      }
    },
    count: () => count,
    storeIds: () => [...stores.keys()].sort(byBytes),
    weeksOf(storeId) {
      const weeks = [...(stores.get(storeId) ?? [])].sort(([a], [b]) => a - b)
      return weeks.map(([week, added]) => {
        const words = Uint32Array.from(added)
        return { week, words: words.subarray(0, sortWeek(words, 0, words.length)) }
      })
    },
  }
}

/** Ids are ASCII. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
