import fc from 'fast-check'
import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createPollBatch, type PollWeeks } from '../../../server/ingest/rows/poll-batch.ts'
import { createScanner } from '../../../server/ingest/rows/scanner/scanner.ts'
import { isActive, offsetOf, POLL_WEEK_MS, pollWeekOf, pollWord } from '../../../server/uptime/poll-week.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

function storeWeeksOf({ stores, storeOfWeek, weeks, starts, lengths, words }: PollWeeks) {
  return Array.from(weeks, (week, i) => ({
    week,
    store: stores[storeOfWeek[i]!]!,
    words: words.slice(starts[i], starts[i]! + lengths[i]!),
  }))
}

test('a batch gives back each store and millisecond once, sorted, with the status that came last', () => {
  const poll = fc.record({
    ordinal: fc.nat(3),
    at: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -(2 ** 45), max: 2 ** 45 })),
    active: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(poll, { maxLength: 3000 }), fc.integer({ min: 1, max: 4000 }), (polls, inMemory) => {
      const { groups } = createScanner()
      using batch = createPollBatch(groups)
      const twin = new Map<string, boolean>()
      for (const { ordinal, at, active } of polls) {
        batch.add(groups.groupOf(ordinal, pollWeekOf(at)), pollWord(at, active))
        if (batch.sizeInMemory() >= inMemory) batch.setAside()
        twin.set(`${ordinal} ${at}`, active)
      }
      expect(batch.size()).toBe(polls.length)
      const seen = new Map<string, boolean>()
      const steps = batch.steps([3, 2, 1, 0], inMemory)
      expect(steps.reduce((sum, step) => sum + step.rows, 0)).toBe(polls.length)
      const weeks = steps.flatMap((step) => storeWeeksOf(step.prepare()))
      expect(weeks.map(({ store }) => store)).toEqual(weeks.map(({ store }) => store).sort((a, b) => b - a))
      for (const { week, store: ordinal, words } of weeks) {
        expect(words).toEqual(words.slice().sort())
        for (const word of words) {
          const key = `${ordinal} ${week * POLL_WEEK_MS + offsetOf(word)}`
          expect(seen.has(key)).toBe(false)
          seen.set(key, isActive(word))
        }
      }
      expect(seen).toEqual(twin)
    }),
  )
})

test('what a batch puts on disk is gone with it', async () => {
  await using folder = await temporaryFolder()
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder.path
  try {
    const { groups } = createScanner()
    using batch = createPollBatch(groups)
    for (let i = 0; i < 100; i++) batch.add(groups.groupOf(i % 10, 0), pollWord(i * 1000, true))
    batch.setAside()
    expect(batch.steps(Array(10).keys(), 20)).toHaveLength(5)
    // Elsewhere an open file needs no name.
    expect(await readdir(folder.path)).toHaveLength(process.platform === 'win32' ? 6 : 0)
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
  expect(await readdir(folder.path)).toEqual([])
})
