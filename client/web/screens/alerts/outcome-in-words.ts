import type { OutboxMessage } from '../../../../shared/alert.ts'
import { counted, instant } from '../../format.ts'

/** What became of a message: `delivered (200)`, `waiting, tried 2 times, next on 30 Nov 18:40 (503)`. */
export function outcomeInWords({ state, attempts, nextAttemptAt, answer }: OutboxMessage): string {
  const said = answer === null ? '' : ` (${answer})`
  if (state === 'delivered') return `delivered${said}`
  if (state === 'muted') return `not told${said}`
  const tried = `tried ${counted(attempts, 'time')}`
  if (state === 'dead') return `given up, ${tried}${said}`
  return attempts === 0 ? 'waiting' : `waiting, ${tried}, next ${instant(nextAttemptAt)}${said}`
}
