import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScanner } from '../../../../server/ingest/rows/scanner/scanner.ts'
import { isActive, offsetOf, POLL_WEEK_MS } from '../../../../server/uptime/poll-week.ts'
import { storeIdPattern } from '../../../../shared/store-id-pattern.ts'
import { parseTimestamp } from '../../../../shared/timestamp.ts'

/** The polls of the plain lines that `text` starts with, and how many lines that are. */
function plainPolls(text: string): { polls: string[]; lineCount: number } {
  const { stores, groups, takePolls } = createScanner()
  const polls: string[] = []
  const { lineCount, byteCount } = takePolls(Buffer.from(text), (found) => {
    for (let i = 0; i < found.count; i++) {
      const group = found.groups[i]!
      const store = stores.inOrder().find((store) => groups.ofStore(store).includes(group))!
      const word = found.words[i]!
      const epochMs = groups.weekOf(group) * POLL_WEEK_MS + offsetOf(word)
      polls.push(`${stores.idOf(store)} ${isActive(word)} ${epochMs}`)
    }
  })
  expect(text.slice(0, byteCount).split('\n')).toHaveLength(lineCount + 1)
  return { polls, lineCount }
}

/** The slow, obvious twin: what a row says that keeps every rule. */
function pollOf(line: string): string | undefined {
  const [id = '', status = '', at = ''] = line.split(',')
  const epochMs = parseTimestamp(at)
  const isRight = storeIdPattern.test(id) && /^(in)?active$/.test(status) && !Number.isNaN(epochMs)
  return isRight ? `${id} ${status === 'active'} ${epochMs}` : undefined
}

const isPlain = /^[^,]+,(in)?active,[^T]{10} \d\d:\d\d:\d\d(\.\d+)? UTC$/

describe('polls in the plain form', () => {
  test('are taken up to the first line that is not', () => {
    const lines = [
      's1,active,2023-01-22 12:09:39.388884 UTC\n',
      's2,inactive,2023-01-22 12:09:39.3 UTC\r\n',
      's1,inactive,2023-01-22 12:09:39 UTC\n',
      's1,Active,2023-01-22 12:09:40 UTC\n',
      's1,active,2023-01-22 12:09:41 UTC\n',
    ]
    expect(plainPolls(lines.join(''))).toEqual({
      polls: lines.slice(0, 3).map((line) => pollOf(line.trim())),
      lineCount: 3,
    })
  })

  test('say what the rules say of them, and a line that breaks a rule is never one', () => {
    const good = {
      id: ['s1', '0-b', 'a.b:c_d'],
      date: ['2023-01-22', '2024-02-29', '1969-12-31'],
      time: ['00:00:00', '23:59:59.999999'],
    }
    const bad = {
      id: ['', 's 1', '=1', 's"', 'é', '-s', 'x'.repeat(129)],
      date: ['2023-02-29', '2023-13-01', '23-01-22', '2023/01/22', '20é3-01-2', '\0'.repeat(10)],
      time: ['24:00:00', '12:60:00', '12:00:60', '12:00', '12:00:00.', '1a:00:00', '12-00-00', '12:00:00.1x'],
    }
    const one = (right: string[], wrong: string[]) =>
      fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...right) }, fc.constantFrom(...wrong))
    const line = fc
      .tuple(
        one(good.id, bad.id),
        one(['active', 'inactive'], [' active', 'asleep', 'activ', 'inactive2', '"active"']),
        one(good.date, bad.date),
        one([' '], ['T', '', '  ']),
        one(good.time, bad.time),
        one([' UTC'], ['', 'Z', ' utc', ' UTC ', ' UTC,', '+01:00']),
      )
      .map(([id, status, date, between, time, zone]) => `${id},${status},${date}${between}${time}${zone}`)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.nat(60), (lines, cut) => {
        const text = lines.map((line) => `${line}\n`).join('')
        const { polls, lineCount } = plainPolls(text)
        expect(polls).toEqual(lines.slice(0, lineCount).map(pollOf))
        const plain = lines.findIndex((line) => !isPlain.test(line) || pollOf(line) === undefined)
        expect(lineCount).toBe(plain < 0 ? lines.length : plain)
        plainPolls(`${text.slice(0, cut)}\n`) // no cut line leads it astray
      }),
      { numRuns: 1000 },
    )
  })
})

describe('rules in the plain form', () => {
  /** Rests are right that are numbers, which are their rule, too. */
  function plainRules(text: string) {
    const asked: string[] = []
    const { stores, takeRules } = createScanner((rest) => {
      asked.push(rest)
      return /^\d+$/.test(rest) ? Number(rest) : -1
    })
    const rules: string[] = []
    const { lineCount } = takeRules(Buffer.from(text), ({ groups, words, count }) => {
      for (let i = 0; i < count; i++) rules.push(`${stores.idOf(groups[i]!)} ${words[i]}`)
    })
    return { rules, lineCount, asked }
  }

  test('are taken up to the first line that is not, and each rest is judged once', () => {
    const { rules, lineCount, asked } = plainRules('a,7\nb,8\r\na,8\nb,7\na,7\nc,x\nd,7\n')
    expect(rules).toEqual(['a 7', 'b 8', 'a 8', 'b 7', 'a 7'])
    expect(lineCount).toBe(5)
    expect(asked).toEqual(['7', '8', '8', 'x']) // with both ends of a line
  })

  test('say what is on their lines', () => {
    const line = fc.tuple(
      fc.constantFrom('a', 'b', 'ab', 's 1', ''),
      fc.constantFrom('1', '12', '123456789', 'x', ''),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 50 }), (lines) => {
        const wrong = lines.findIndex(([id, rest]) => !storeIdPattern.test(id) || !/^\d+$/.test(rest))
        const right = lines.slice(0, wrong < 0 ? undefined : wrong)
        const { rules, lineCount } = plainRules(lines.map((fields) => `${fields.join()}\n`).join(''))
        expect(rules).toEqual(right.map((fields) => fields.join(' ')))
        expect(lineCount).toBe(right.length)
      }),
      { numRuns: 500 },
    )
  })
})

describe('lines of any length and number', () => {
  test('go on where the ones before ended', () => {
    const lines = Array.from(
      { length: 60_000 },
      (_, i) => `store-${i % 7},active,2023-01-22 12:00:00.${i} UTC\n`,
    )
    const { takePolls } = createScanner()
    const words: number[] = []
    const text = lines.join('')
    expect(text.length).toBeGreaterThan(2 * 1024 * 1024)
    const taken = takePolls(Buffer.from(text), (found) => words.push(...found.words))
    expect(taken).toEqual({ lineCount: lines.length, byteCount: text.length })
    expect(words).toHaveLength(lines.length)
  })

  test('end before one that does not fit', () => {
    const poll = 's,active,2023-01-22 12:00:00 UTC\n'
    const long = `${'x'.repeat(1_100_000)},active,2023-01-22 12:00:00 UTC\n`
    const { takePolls } = createScanner()
    const taken = takePolls(Buffer.from(`${poll}${long}${poll}`), () => {})
    expect(taken).toEqual({ lineCount: 1, byteCount: poll.length })
  })

  test('of nothing are none', () => {
    expect(createScanner().takePolls(Buffer.alloc(0), () => {})).toEqual({ lineCount: 0, byteCount: 0 })
  })
})
