import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isActive,
  mergedWeek,
  offsetOf,
  POLL_WEEK_MS,
  pollWeekOf,
  pollWord,
  sortWeek,
  type PollWords,
} from '../../server/uptime/poll-week.ts'
import { ms } from '../support/judged-store.ts'
import { sortedWeek } from '../support/sorted-week.ts'

const seed = 20_230_125

/** Few offsets, so that polls meet at the same millisecond, and the last of a week, whose word is the largest. */
const anOffset = fc.oneof(
  fc.nat({ max: 12 }),
  fc.constant(POLL_WEEK_MS - 1),
  fc.nat({ max: POLL_WEEK_MS - 1 }),
)
const aWord = fc.tuple(anOffset, fc.boolean()).map(([offset, active]) => offset * 2 + (active ? 1 : 0))
const someWords = fc.array(aWord, { maxLength: 40 }).map(words)

describe('a poll as a word', () => {
  test('keeps its millisecond and its status', () => {
    const anInstant = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) })
    fc.assert(
      fc.property(anInstant, fc.boolean(), (atMs, active) => {
        const [word] = words([pollWord(atMs, active)])
        expect(pollWeekOf(atMs) * POLL_WEEK_MS + offsetOf(word!)).toBe(atMs)
        expect(isActive(word!)).toBe(active)
      }),
      { seed, numRuns: 1000 },
    )
  })

  test('fits into 31 bits at the very end of a week', () => {
    const word = pollWord(ms('2023-01-25T23:59:59.999Z'), true)
    expect(word).toBe(604_799_999 * 2 + 1)
    expect(word).toBeLessThan(2 ** 31)
  })

  test('belongs to the week from Thursday to Wednesday', () => {
    expect(pollWeekOf(ms('1970-01-01T00:00Z'))).toBe(0)
    expect(pollWeekOf(ms('1970-01-07T23:59:59.999Z'))).toBe(0)
    expect(pollWeekOf(ms('1970-01-08T00:00Z'))).toBe(1)
  })

  test('belongs to a week below zero before 1970', () => {
    expect(pollWeekOf(ms('1969-12-31T23:59:59.999Z'))).toBe(-1)
    expect(offsetOf(pollWord(ms('1969-12-31T23:59:59.999Z'), false))).toBe(POLL_WEEK_MS - 1)
    expect(offsetOf(pollWord(ms('1969-12-25T00:00Z'), false))).toBe(0)
  })
})

describe('a sorted week', () => {
  test('is in the order of time, with the last ingested of the polls at a millisecond', () => {
    fc.assert(
      fc.property(someWords, (ingested) => {
        expect(sortedWeek(ingested)).toEqual(wordsOfMap(lastWords(ingested)))
      }),
      { seed, numRuns: 1000 },
    )
  })

  test.each([
    ['up', [down(7), down(7), up(7)], [up(7)]],
    ['down', [up(7), up(7), down(7)], [down(7)]],
    ['up after being down in between', [up(7), down(7), up(7)], [up(7)]],
    ['down after being up in between', [down(7), up(7), down(7)], [down(7)]],
    ['down, between others', [up(7), up(8), up(6), down(7), down(7)], [up(6), down(7), up(8)]],
  ])('has one poll of three or more at a millisecond, the last: %s', (_, ingested, sorted) => {
    expect(sortedWeek(words(ingested))).toEqual(words(sorted))
  })

  test('of nothing is empty', () => {
    expect(sortedWeek(words([]))).toEqual(words([]))
  })

  test('lies among the words of others, which stay as they are', () => {
    fc.assert(
      fc.property(someWords, someWords, someWords, (before, ingested, after) => {
        const all = words([...before, ...ingested, ...after])
        const from = before.length
        const end = sortWeek(all, from, from + ingested.length)
        expect(all.slice(from, end)).toEqual(wordsOfMap(lastWords(ingested)))
        expect(all.slice(0, from)).toEqual(before)
        expect(all.slice(from + ingested.length)).toEqual(after)
      }),
      { seed, numRuns: 500 },
    )
  })

  test.each([
    ['the other way round', (i: number) => 50_000 - i],
    ['mixed', (i: number) => (i * 7919) % 50_021],
    ['twice', (i: number) => i % 25_000],
  ])('comes of tens of thousands of words: %s', (_, offsetAt) => {
    const ingested = Uint32Array.from({ length: 50_000 }, (_, i) => (i % 3 === 0 ? up : down)(offsetAt(i)))
    expect(sortedWeek(ingested)).toEqual(wordsOfMap(lastWords(ingested)))
  })

  test('settles a hundred thousand disputed milliseconds', () => {
    const count = 100_000
    const ingested = new Uint32Array(count * 2)
    for (let offset = 0; offset < count; offset++) {
      ingested[offset] = up(offset)
      ingested[count + offset] = down(offset)
    }
    expect(sortedWeek(ingested)).toEqual(Uint32Array.from({ length: count }, (_, offset) => down(offset)))
  })
})

describe('two weeks merged', () => {
  const aSortedWeek = someWords.map(sortedWeek)

  test('have all polls of both, the newer where both have one at a millisecond', () => {
    fc.assert(
      fc.property(aSortedWeek, aSortedWeek, (older, newer) => {
        const before = lastWords(older)
        const after = new Map([...before, ...lastWords(newer)])
        const changed = newer.filter((word) => before.get(offsetOf(word)) !== word)
        expect(mergedWeek(older, newer)).toEqual({
          words: wordsOfMap(after),
          changed: changed.length,
          first: changed[0],
          last: changed.at(-1),
        })
      }),
      { seed, numRuns: 1000 },
    )
  })

  test('are what one import of both in a row would be', () => {
    fc.assert(
      fc.property(someWords, someWords, (first, second) => {
        const { words: merged } = mergedWeek(sortedWeek(first), sortedWeek(second))
        expect(merged).toEqual(sortedWeek(words([...first, ...second])))
      }),
      { seed, numRuns: 500 },
    )
  })

  test('are unchanged by what was already there', () => {
    fc.assert(
      fc.property(aSortedWeek, (week) => {
        expect(mergedWeek(week, week)).toEqual({ words: week, changed: 0, first: undefined, last: undefined })
      }),
      { seed, numRuns: 200 },
    )
  })

  test('count new polls and those whose status became another', () => {
    const merged = mergedWeek(words([up(1), up(3), down(5)]), words([up(1), down(3), up(4), down(5), up(9)]))
    expect(merged).toEqual({
      words: words([up(1), down(3), up(4), down(5), up(9)]),
      changed: 3,
      first: down(3),
      last: up(9),
    })
  })
})

function up(offset: number): number {
  return offset * 2 + 1
}

function down(offset: number): number {
  return offset * 2
}

function words(list: readonly number[]): PollWords {
  return Uint32Array.from(list)
}

function lastWords(ingested: PollWords): Map<number, number> {
  return new Map(Array.from(ingested, (word) => [offsetOf(word), word]))
}

function wordsOfMap(byOffset: ReadonlyMap<number, number>): PollWords {
  return words([...byOffset.values()].toSorted((a, b) => a - b))
}
