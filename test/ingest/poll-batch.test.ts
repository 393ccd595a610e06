import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPollBatch } from '../../server/ingest/poll-batch.ts'
import { isActive, offsetOf, POLL_WEEK_MS } from '../../server/uptime/poll-week.ts'

test('a batch gives back each store and millisecond once, sorted, with the status that came last', () => {
  const poll = fc.record({
    ordinal: fc.nat(3),
    at: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -(2 ** 45), max: 2 ** 45 })),
    active: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(poll, { maxLength: 3000 }), fc.integer({ min: 1, max: 4000 }), (polls, inMemory) => {
      using batch = createPollBatch()
      const twin = new Map<string, boolean>()
      for (const { ordinal, at, active } of polls) {
        batch.add(ordinal, at, active)
        if (batch.sizeInMemory() >= inMemory) batch.setAside()
        twin.set(`${ordinal} ${at}`, active)
      }
      expect(batch.size()).toBe(polls.length)
      const seen = new Map<string, boolean>()
      const steps = batch.steps((store) => 3 - store, inMemory)
      expect(steps.reduce((sum, step) => sum + step.polls, 0)).toBe(polls.length)
      const weeks = steps.flatMap((step) => step.read())
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
