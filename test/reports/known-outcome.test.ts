import { expect, test } from 'vitest'
import type { PartsOutcome } from '../../server/database/shared-parts.ts'
import { forgetTaken, nothingKnown, unlessKnown } from '../../server/reports/known-outcome.ts'

test('what was found of a report is not asked again, but for what others were at', async () => {
  const known = nothingKnown()
  const asked: PartsOutcome[] = []
  const find = (outcome: PartsOutcome) =>
    unlessKnown(known, async () => {
      asked.push(outcome)
      return outcome
    })
  for (const outcome of ['done', 'instead', 'taken', 'done'] as const) await find(outcome)
  expect(asked).toEqual(['done', 'instead', 'taken'])
  forgetTaken(known)
  expect(await find('over')).toBe('over')
  forgetTaken(known)
  expect(await find('done')).toBe('over')
  expect(asked).toEqual(['done', 'instead', 'taken', 'over'])
})

test('that all is done is not forgotten for a task that began before', async () => {
  const known = nothingKnown()
  const late = Promise.withResolvers<PartsOutcome>()
  const task = unlessKnown(known, () => late.promise)
  await unlessKnown(known, async () => 'over')
  late.resolve('taken')
  expect(await task).toBe('taken')
  expect(await unlessKnown(known, async () => 'done')).toBe('over')
})
