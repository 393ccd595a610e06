import { toAppError } from '../../shared/app-error.ts'
import { disableChannel, noteDelivered, noteFailed, readChannels } from '../database/alert-channels.ts'
import type { Db } from '../database/connect.ts'
import type { ClaimedMessage } from '../database/outbox-claims.ts'
import type { OutboxRow } from '../database/outbox-events.ts'
import { endDelivered, giveUp, putOff } from '../database/outbox-outcomes.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Observe } from '../observe/happened.ts'
import { noteSent } from '../database/outbox-groups.ts'
import { DeliveryError } from './channels/channel.ts'
import { isDigestRoute } from './digest-route.ts'
import { recordEvents } from './record-events.ts'
import { waitAfterMs } from './retry-schedule.ts'

export interface OutcomeParts {
  readonly writing: Db
  /** The names of all channels, and of those that people read. */
  readonly channels: readonly string[]
  readonly people: ReadonlySet<string>
  /** Who claims. */
  readonly owner: string
  readonly now: () => number
  readonly random: () => number
  readonly observe: Observe
  /** Told of what an operator should know: a channel that begins to fail, is disabled, or is well again. */
  readonly onNotice: (text: string) => void
}

/** A channel by which nothing could be delivered for so long is disabled. */
const DISABLED_AFTER_MS = 72 * 3_600_000

export async function recordDelivered(
  { writing, owner, people, now, observe, onNotice }: OutcomeParts,
  claimed: ClaimedMessage,
  answer: string,
): Promise<void> {
  const { channel, messageId, rows } = claimed
  const workedBefore = await writing.transaction().execute(async (tx) => {
    const at = now()
    if (!(await endDelivered(tx, rows, owner, { at, answer }))) return true
    if (people.has(channel) && !isDigestRoute(rows[0].route)) await noteSent(tx, channel, rows[0].route, at)
    return await noteDelivered(tx, channel, at)
  })
  if (!workedBefore) onNotice(`channel ${channel} works again`)
  observe({ type: 'alert', channel, messageId, outcome: 'delivered' })
}

export async function recordFailed(
  parts: OutcomeParts,
  claimed: ClaimedMessage,
  error: unknown,
): Promise<void> {
  const { writing, owner, now, random, observe, onNotice } = parts
  const { channel, messageId, rows } = claimed
  const { message: answer, retryAfterMs, isOver } = failureOf(error)
  const at = now()
  const spread = random()
  const isGivenUp = (row: OutboxRow) =>
    isOver !== undefined || waitAfterMs(row.attempts, spread) === undefined
  const [dead, tried] = [rows.filter(isGivenUp), rows.filter((row) => !isGivenUp(row))]
  const waitMs = tried.reduce((ms, { attempts }) => Math.min(ms, waitAfterMs(attempts, spread)!), Infinity)
  const failed = await writing.transaction().execute(async (tx) => {
    const dueAt = at + Math.max(waitMs, retryAfterMs ?? 0)
    // First what is tried again: it may be behind what is given up.
    const isOurs = tried.length > 0 && (await putOff(tx, tried, owner, { dueAt, answer }))
    const wasOurs = dead.length > 0 && (await giveUp(tx, dead, owner, { at, answer }))
    if (!isOurs && !wasOurs) return undefined
    const { failingSince, failedBefore } = await noteFailed(tx, channel, at, answer)
    const isToBeDisabled = isOver === 'channel' || at - failingSince >= DISABLED_AFTER_MS
    const disables = isToBeDisabled && (await disableChannel(tx, channel, at))
    if (disables) await tellDisabled(parts, tx, { channel, at, failingSince, answer })
    return { begins: !failedBefore, disables }
  })
  if (failed?.disables) onNotice(`channel ${channel} is disabled: ${answer}`)
  else if (failed?.begins) onNotice(`channel ${channel} fails: ${answer}`)
  const outcome = tried.length === 0 ? 'dead' : 'failed'
  observe({ type: 'alert', channel, messageId, outcome, failure: answer })
}

interface Disabled {
  readonly channel: string
  readonly at: number
  readonly failingSince: number
  readonly answer: string
}

/** Has another channel say that one is disabled: the first that works. */
async function tellDisabled(
  { channels, now }: OutcomeParts,
  tx: Db,
  { channel, at, failingSince, answer }: Disabled,
): Promise<void> {
  const stored = await readChannels(tx)
  const others = channels.filter((name) => name !== channel && !stored.get(name)?.disabled_at)
  const another = others.find((name) => !stored.get(name)?.failing_since) ?? others[0]
  const event = {
    incident: `channel-${channel}-${at}`,
    sequence: 1,
    kind: 'channel-disabled' as const,
    at,
    payload: {
      severity: 'error' as const,
      condition: 'channel-disabled',
      summary: `Nothing is told by the channel ${channel} any more, which has failed since ${formatTimestamp(failingSince)}: ${answer}`,
      since: failingSince,
    },
  }
  const routed = another === undefined ? [] : [{ channel: another, route: null, dueAt: at }]
  await recordEvents(tx, [event], () => routed, now())
}

function failureOf(error: unknown): Pick<DeliveryError, 'message' | 'retryAfterMs' | 'isOver'> {
  if (error instanceof DeliveryError) return error
  const message = error instanceof Error ? error.message : toAppError(error).message
  return { message, retryAfterMs: undefined, isOver: undefined }
}
