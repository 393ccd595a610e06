import { pollWeekOf, pollWord, sortedWeek, type PollWords } from '../uptime/poll-week.ts'
import { createPairFile, type PairFile, type Pairs } from './pair-file.ts'

/**
 * Gathers polls in the order in which they come, which is no useful one, and gives them back as sorted weeks of stores.
 * Stores are counted from 0.
 */
export interface PollBatch extends Disposable {
  add(store: number, epochMs: number, active: boolean): void
  /** Polls that were added. */
  size(): number
  /** Polls that are in memory. */
  sizeInMemory(): number
  /** Puts what is in memory on disk. */
  setAside(): void
  /**
   * All polls in steps of at most `pollsPerStep` (more only where a store has more), each of the stores that follow those
   * of the step before by `rank`. They are to be read once, in order.
   */
  steps(rank: (store: number) => number, pollsPerStep: number): readonly PollStep[]
}

export interface PollStep {
  readonly polls: number
  /**
   * The weeks of the step's stores, by `rank`, and then by week. Of two polls of a store at the same millisecond, the
   * one added later counts.
   */
  read(): StoreWeek[]
}

export interface StoreWeek {
  readonly week: number
  readonly store: number
  readonly words: PollWords
}

/** More than there are weeks between the years 0 and 9999, on either side of the epoch. */
const WEEK_LIMIT = 2 ** 20

/**
 * A poll is kept as a pair: the number of its group, and its word. A group is a store and week. Most polls of a store are
 * of the week that its last one was of, so that one array tells their group.
 */
export function createPollBatch(): PollBatch {
  let groups = new Uint32Array(1024)
  let words = new Uint32Array(1024)
  let count = 0
  let total = 0
  let aside: PairFile | undefined
  let stepFiles: PairFile[] = []
  const groupOf = new Map<number, number>()
  const latestGroup: number[] = []
  const groupWeek: number[] = []
  const groupStore: number[] = []
  const groupSize: number[] = []

  function groupAt(store: number, week: number): number {
    const key = store * (2 * WEEK_LIMIT) + WEEK_LIMIT + week
    let group = groupOf.get(key)
    if (group === undefined) {
      group = groupWeek.length
      groupOf.set(key, group)
      groupWeek.push(week)
      groupStore.push(store)
      groupSize.push(0)
    }
    latestGroup[store] = group
    return group
  }

  function setAside(): void {
    aside ??= createPairFile()
    aside.append({ groups, words, count })
    count = 0
  }

  /** The groups of each step: all groups of a store are in one. */
  function groupsOfSteps(rank: (store: number) => number, pollsPerStep: number): number[][] {
    const byRank = Array.from(groupWeek, (_, group) => group).sort(
      (a, b) => rank(groupStore[a]!) - rank(groupStore[b]!) || groupWeek[a]! - groupWeek[b]!,
    )
    const steps: number[][] = []
    let polls = 0
    for (let start = 0, end = 0; start < byRank.length; start = end) {
      let pollsOfStore = 0
      while (end < byRank.length && groupStore[byRank[end]!] === groupStore[byRank[start]!]) {
        pollsOfStore += groupSize[byRank[end++]!]!
      }
      if (steps.length === 0 || polls + pollsOfStore > pollsPerStep) {
        steps.push([])
        polls = 0
      }
      steps.at(-1)!.push(...byRank.slice(start, end))
      polls += pollsOfStore
    }
    return steps
  }

  /** Deals the pairs on disk out to the file of each step. */
  function dealOut(pairs: PairFile, steps: readonly (readonly number[])[], files: readonly PairFile[]): void {
    const stepOfGroup = new Uint32Array(groupWeek.length)
    for (const [step, groupsOfStep] of steps.entries())
      for (const group of groupsOfStep) stepOfGroup[group] = step
    const dealers = files.map(createDealer)
    for (const block of pairs.read()) {
      for (let i = 0; i < block.count; i++) {
        dealers[stepOfGroup[block.groups[i]!]!]!.add(block.groups[i]!, block.words[i]!)
      }
    }
    for (const dealer of dealers) dealer.finish()
  }

  /** The weeks of some groups, `pairs` having all polls of theirs and no others. */
  function weeksOf(groupsOfStep: readonly number[], pairs: Pairs): StoreWeek[] {
    // A counting sort: stable, so that each group keeps the order in which its polls came.
    const ends = new Uint32Array(groupWeek.length)
    let end = 0
    for (const group of groupsOfStep) {
      ends[group] = end
      end += groupSize[group]!
    }
    const byGroup = new Uint32Array(pairs.count)
    for (let i = 0; i < pairs.count; i++) byGroup[ends[pairs.groups[i]!]!++] = pairs.words[i]!
    return groupsOfStep.map((group) => ({
      week: groupWeek[group]!,
      store: groupStore[group]!,
      words: sortedWeek(byGroup.subarray(ends[group]! - groupSize[group]!, ends[group])),
    }))
  }

  return {
    add(store, epochMs, active) {
      if (count === words.length) {
        words = grown(words)
        groups = grown(groups)
      }
      const week = pollWeekOf(epochMs)
      const latest = latestGroup[store]
      const group = latest !== undefined && groupWeek[latest] === week ? latest : groupAt(store, week)
      words[count] = pollWord(epochMs, active)
      groups[count] = group
      groupSize[group]!++
      count++
      total++
    },
    size: () => total,
    sizeInMemory: () => count,
    setAside,
    steps(rank, pollsPerStep) {
      if (!aside) {
        const all = groupsOfSteps(rank, Infinity)[0] ?? []
        return [{ polls: total, read: () => weeksOf(all, { groups, words, count }) }]
      }
      setAside()
      const steps = groupsOfSteps(rank, pollsPerStep)
      stepFiles = steps.map(() => createPairFile())
      dealOut(aside, steps, stepFiles)
      return steps.map((groupsOfStep, step) => ({
        polls: groupsOfStep.reduce((sum, group) => sum + groupSize[group]!, 0),
        read: () => weeksOf(groupsOfStep, stepFiles[step]!.readAll()),
      }))
    },
    [Symbol.dispose]() {
      aside?.[Symbol.dispose]()
      for (const file of stepFiles) file[Symbol.dispose]()
    },
  }
}

/** Gathers pairs for a file, to write many at a time. */
function createDealer(file: PairFile): { add(group: number, word: number): void; finish(): void } {
  const groups = new Uint32Array(1 << 16)
  const words = new Uint32Array(1 << 16)
  let count = 0
  return {
    add(group, word) {
      groups[count] = group
      words[count] = word
      if (++count < groups.length) return
      file.append({ groups, words, count })
      count = 0
    },
    finish() {
      file.append({ groups, words, count })
    },
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}
