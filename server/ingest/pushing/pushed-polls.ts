import type { StoreId } from '../../../shared/ids.ts'
import { mergedWeek, pollWeekOf, pollWord, sortWeek, type PollWords } from '../../uptime/poll-week.ts'

/** A store's polls of a week: sorted words, at most one of a millisecond. */
export interface PushedWeek {
  readonly storeId: StoreId
  readonly week: number
  readonly words: PollWords
}

/** Gathers polls in any order. */
export interface PushedPolls {
  add(storeId: StoreId, epochMs: number, isActive: boolean): void
  /** Of polls at the same millisecond, the one that was added last is there. */
  weeks(): PushedWeek[]
}

export function createPushedPolls(): PushedPolls {
  /** Mostly of one week each. */
  const stores = new Map<StoreId, { readonly week: number; readonly words: number[] }[]>()

  return {
    add(storeId, epochMs, isActive) {
      const week = pollWeekOf(epochMs)
      const word = pollWord(epochMs, isActive)
      const weeks = stores.get(storeId)
      if (weeks === undefined) {
        stores.set(storeId, [{ week, words: [word] }])
        return
      }
      const known = weeks.find((one) => one.week === week)
      if (known === undefined) weeks.push({ week, words: [word] })
      else known.words.push(word)
    },
    weeks() {
      const all: PushedWeek[] = []
      for (const [storeId, weeks] of stores) {
        for (const { week, words } of weeks) all.push({ storeId, week, words: sorted(words) })
      }
      return all
    },
  }
}

/** One by one, which for a single word takes a fraction of the time of `from`. */
function sorted(words: readonly number[]): PollWords {
  const inOrder = new Uint32Array(words.length)
  for (let i = 0; i < words.length; i++) inOrder[i] = words[i]!
  return inOrder.subarray(0, sortWeek(inOrder, 0, inOrder.length))
}

/** The polls of several pushes, of which the later ones count; each store and week once. */
export function weeksTogether(pushes: readonly (readonly PushedWeek[])[]): PushedWeek[] {
  const stores = new Map<StoreId, PushedWeek[]>()
  for (const pushed of pushes) {
    for (const one of pushed) {
      const weeks = stores.get(one.storeId)
      if (weeks === undefined) {
        stores.set(one.storeId, [one])
        continue
      }
      const known = weeks.findIndex(({ week }) => week === one.week)
      if (known < 0) weeks.push(one)
      else weeks[known] = { ...one, words: mergedWeek(weeks[known]!.words, one.words).words }
    }
  }
  return [...stores.values()].flat()
}
