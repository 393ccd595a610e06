import { expect, test } from 'vitest'
import { outcomeInWords } from '../../../client/web/screens/alerts/outcome-in-words.ts'
import type { OutboxMessage } from '../../../shared/alert.ts'

const message: OutboxMessage = {
  messageId: 'msg_1',
  channel: 'ops',
  incident: 'a',
  sequence: 1,
  kind: 'opened',
  severity: 'error',
  summary: 'a is down',
  at: '2026-10-05T12:00:00Z',
  state: 'waiting',
  attempts: 0,
  nextAttemptAt: null,
  endedAt: null,
  answer: null,
}

test.each([
  [{}, 'waiting'],
  [{ state: 'delivered', attempts: 1, answer: '200 ok' }, 'delivered (200 ok)'],
  [{ state: 'dead', attempts: 10, answer: '503' }, 'given up, tried 10 times (503)'],
  [
    { state: 'muted', answer: 'it was over when the silence ended' },
    'not told (it was over when the silence ended)',
  ],
] as const)('%j is "%s"', (outcome, words) => {
  expect(outcomeInWords({ ...message, ...outcome })).toBe(words)
})
