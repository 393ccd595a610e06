import { pollWeekOf, pollWord, sortedWeek, type PollWords } from '../uptime/poll-week.ts'

/** Gathers polls in the order in which they come, which is no useful one, and gives them back as sorted weeks. */
export interface PollBatch {
  /** `ordinal` counts the stores from 0. */
  add(ordinal: number, epochMs: number, active: boolean): void
  size(): number
  /** Each store's polls of each week. Of two polls of a store at the same millisecond, the one added later counts. */
  weeks(): OrdinalPollWeek[]
}

export interface OrdinalPollWeek {
  readonly week: number
  readonly ordinal: number
  readonly words: PollWords
}

/** More than there are weeks between the years 0 and 9999, on either side of the epoch. */
const WEEK_LIMIT = 2 ** 20

/**
 * A poll is kept as its word and the number of its group; a group is a store and week. Most polls of a store are of the
 * week that its last one was of, so that one array tells their group.
 */
export function createPollBatch(): PollBatch {
  let words = new Uint32Array(1024)
  let groups = new Uint32Array(1024)
  let count = 0
  const groupOf = new Map<number, number>()
  const latestGroup: number[] = []
  const groupWeek: number[] = []
  const groupOrdinal: number[] = []
  const groupSize: number[] = []

  function groupAt(ordinal: number, week: number): number {
    const key = ordinal * (2 * WEEK_LIMIT) + WEEK_LIMIT + week
    let group = groupOf.get(key)
    if (group === undefined) {
      group = groupWeek.length
      groupOf.set(key, group)
      groupWeek.push(week)
      groupOrdinal.push(ordinal)
      groupSize.push(0)
    }
    latestGroup[ordinal] = group
    return group
  }

  return {
    add(ordinal, epochMs, active) {
      if (count === words.length) {
        words = grown(words)
        groups = grown(groups)
      }
      const week = pollWeekOf(epochMs)
      const latest = latestGroup[ordinal]
      const group = latest !== undefined && groupWeek[latest] === week ? latest : groupAt(ordinal, week)
      words[count] = pollWord(epochMs, active)
      groups[count] = group
      groupSize[group]!++
      count++
    },
    size: () => count,
    weeks() {
      // A counting sort: stable, so that each group keeps the order in which its polls came.
      const ends = new Uint32Array(groupSize.length)
      let end = 0
      for (let group = 0; group < ends.length; group++) {
        ends[group] = end
        end += groupSize[group]!
      }
      const byGroup = new Uint32Array(count)
      for (let i = 0; i < count; i++) byGroup[ends[groups[i]!]!++] = words[i]!
      return groupWeek.map((week, group) => ({
        week,
        ordinal: groupOrdinal[group]!,
        words: sortedWeek(byGroup.subarray(ends[group]! - groupSize[group]!, ends[group])),
      }))
    },
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}
