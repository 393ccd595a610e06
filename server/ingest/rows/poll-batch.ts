import { sortWeek, type PollWords } from '../../uptime/poll-week.ts'
import { mapNonEmpty, type NonEmpty } from './non-empty.ts'
import { createPairFile, type PairFile } from './pair-file.ts'
import { addSizes, createPairList, putByGroup, type Pairs } from './pairs.ts'
import type { Step } from './row-collector.ts'
import type { PollGroups } from './scanner/scanner.ts'

/**
 * Gathers polls in the order in which they come, which is no useful one, and gives them back as sorted weeks of stores.
 * Stores are counted from 0.
 */
export interface PollBatch extends Disposable {
  /** Adds a poll: its group, and its word. */
  add(group: number, word: number): void
  append(polls: Pairs): void
  /** Polls that were added. */
  size(): number
  /** Polls that are in memory. */
  sizeInMemory(): number
  /** Puts what is in memory on disk. */
  setAside(): void
  /**
   * All polls in steps of at most `pollsPerStep` (more only where a store has more), each of stores that follow those of
   * the step before in `stores`, which has all. They are to be read once, in order.
   */
  steps(stores: Iterable<number>, pollsPerStep: number): NonEmpty<PollStep>
}

export interface PollStep extends Step<PollWeeks> {
  prepare(): PollWeeks
}

/**
 * Weeks of stores, in the order of the stores, and then by week. Of two polls of a store at the same millisecond, the one
 * added later is there. All arrays are of equal length but the first and the last.
 */
export interface PollWeeks {
  /** The stores, each once. */
  readonly stores: Uint32Array<ArrayBuffer>
  /** The place in `stores` of the store of each week. */
  readonly storeOfWeek: Uint32Array<ArrayBuffer>
  readonly weeks: Int32Array<ArrayBuffer>
  /** Where the polls of each week start in `words`, and how many they are. */
  readonly starts: Uint32Array<ArrayBuffer>
  readonly lengths: Uint32Array<ArrayBuffer>
  /** Sorted within a week, at most one of a millisecond. Not all of them are in use. */
  readonly words: PollWords
}

/** The stores of a step, and the groups of their polls: of each, the place of its store. */
interface StepStores {
  readonly stores: number[]
  readonly groups: number[]
  readonly storeOfGroup: number[]
  polls: number
}

/** A poll is kept as a pair: the number of its group, which is a store and week, and its word. `groups` may grow. */
export function createPollBatch(groups: PollGroups): PollBatch {
  const inMemory = createPairList()
  let total = 0
  let sizes = new Uint32Array(0)
  let aside: PairFile | undefined
  let stepFiles: PairFile[] = []

  /** Counts the polls in memory to the sizes of their groups. */
  function countSizes(): void {
    const before = sizes
    sizes = new Uint32Array(groups.size())
    sizes.set(before)
    addSizes(inMemory.blocks(), sizes)
  }

  function setAside(): void {
    countSizes()
    aside ??= createPairFile()
    for (const block of inMemory.blocks()) aside.append(block)
    inMemory.clear()
  }

  function stepsOf(inOrder: Iterable<number>, pollsPerStep: number): NonEmpty<StepStores> {
    let step = emptyStep()
    const steps: [StepStores, ...StepStores[]] = [step]
    for (const store of inOrder) {
      const groupsOfStore = groups.ofStore(store)
      let polls = 0
      for (const group of groupsOfStore) polls += sizes[group]!
      if (step.polls > 0 && step.polls + polls > pollsPerStep) steps.push((step = emptyStep()))
      for (const group of groupsOfStore) {
        step.groups.push(group)
        step.storeOfGroup.push(step.stores.length)
      }
      step.stores.push(store)
      step.polls += polls
    }
    return steps
  }

  /** Deals the pairs on disk out to the file of each step. */
  function dealOut(pairs: PairFile, steps: readonly StepStores[], files: readonly PairFile[]): void {
    const stepOfGroup = new Uint32Array(groups.size())
    for (const [i, step] of steps.entries()) for (const group of step.groups) stepOfGroup[group] = i
    const dealers = files.map(createDealer)
    for (const block of pairs.blocks()) {
      for (let i = 0; i < block.count; i++) {
        const group = block.groups[i]!
        dealers[stepOfGroup[group]!]!.add(group, block.words[i]!)
      }
    }
    for (const dealer of dealers) dealer.finish()
  }

  /** The weeks of a step, `pairs` being all polls of its stores, and no others. */
  function weeksOf(step: StepStores, pairs: Iterable<Pairs>): PollWeeks {
    const count = step.groups.length
    const starts = new Uint32Array(count)
    const lengths = new Uint32Array(count)
    const words = new Uint32Array(step.polls)
    const nextOfGroup = new Uint32Array(groups.size())
    for (let i = 0, start = 0; i < count; i++) {
      const group = step.groups[i]!
      starts[i] = nextOfGroup[group] = start
      start += sizes[group]!
    }
    putByGroup(pairs, nextOfGroup, words)
    for (let i = 0; i < count; i++) {
      const start = starts[i]!
      lengths[i] = sortWeek(words, start, nextOfGroup[step.groups[i]!]!) - start
    }
    return {
      stores: Uint32Array.from(step.stores),
      storeOfWeek: Uint32Array.from(step.storeOfGroup),
      weeks: Int32Array.from(step.groups, groups.weekOf),
      starts,
      lengths,
      words,
    }
  }

  return {
    add(group, word) {
      inMemory.add(group, word)
      total++
    },
    append(polls) {
      inMemory.append(polls)
      total += polls.count
    },
    size: () => total,
    sizeInMemory: inMemory.count,
    setAside,
    steps(stores, pollsPerStep) {
      if (aside) setAside()
      else countSizes()
      const steps = stepsOf(stores, aside ? pollsPerStep : Infinity)
      if (aside) {
        stepFiles = steps.map(() => createPairFile())
        dealOut(aside, steps, stepFiles)
      }
      return mapNonEmpty(steps, (step, i) => ({
        rows: step.polls,
        prepare: () => weeksOf(step, aside ? stepFiles[i]!.blocks() : inMemory.blocks()),
      }))
    },
    [Symbol.dispose]() {
      aside?.[Symbol.dispose]()
      for (const file of stepFiles) file[Symbol.dispose]()
    },
  }
}

function emptyStep(): StepStores {
  return { stores: [], groups: [], storeOfGroup: [], polls: 0 }
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
