import { sortWeek, type PollWords } from '../../server/uptime/poll-week.ts'

/** Words as a sorted week, which leaves them as they are. */
export function sortedWeek(ingested: PollWords): PollWords {
  const words = ingested.slice()
  return words.subarray(0, sortWeek(words, 0, words.length))
}
