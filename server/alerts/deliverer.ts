import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { Db } from '../database/connect.ts'
import { claimById, readDue, type ClaimedMessage } from '../database/outbox-claims.ts'
import type { OutboxRow } from '../database/outbox-events.ts'
import { hasSilenced, releaseSilenced } from '../database/silenced-messages.ts'
import { letGo } from '../database/outbox-outcomes.ts'
import type { AlertEvent, AlertPayload } from './alert-event.ts'
import { ATTEMPT_MS, DeliveryError, type Channel } from './channels/channel.ts'
import { recordDelivered, recordFailed, type OutcomeParts } from './record-outcome.ts'
import { silenceOf } from './silenced.ts'

export interface DelivererParts extends Omit<OutcomeParts, 'owner'> {
  readonly reading: Db
  readonly open: (channel: string) => Promise<Channel>
  /** Takes what a channel is to tell next, if there is something. */
  readonly claim: (channel: string, owner: string) => Promise<ClaimedMessage | undefined>
  /** When an attempt has taken too long. */
  readonly tooLate?: () => AbortSignal
  readonly onError: (error: unknown) => void
}

/** Sends what is due. Disposing waits for what it is at. */
export interface Deliverer extends AsyncDisposable {
  /** Sends all that is due, and returns when that has been tried. */
  deliverDue(): Promise<void>
  /** Tries one now, whenever it is due; false where another is at it. */
  attempt(messageId: string): Promise<boolean>
  /** Begins nothing further; what it is at is ended, and is to be sent again. */
  stop(): void
}

/** Of a channel: what hangs there holds up nothing else. */
const MOST_AT_ONCE = 4

export function createDeliverer(parts: DelivererParts): Deliverer {
  const { reading, writing, channels, people, open, claim, now, onError } = parts
  const { tooLate = () => AbortSignal.timeout(ATTEMPT_MS) } = parts
  const outcome = { ...parts, owner: randomUUID() }
  const { owner } = outcome
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  const senders = new Map<string, number>()

  function run<Result>(work: Promise<Result>): Promise<Result> {
    const ended = work.catch(() => undefined).finally(() => running.delete(ended))
    running.add(ended)
    return work
  }

  async function answerTo({ channel: name, messageId, rows }: ClaimedMessage): Promise<string> {
    const signal = AbortSignal.any([closing.signal, tooLate()])
    const channel = await open(name)
    const [first, ...others] = rows
    const message = { id: messageId, events: [eventOf(first), ...others.map(eventOf)] as const }
    return orAborted(channel.send(message, signal), signal)
  }

  async function send(claimed: ClaimedMessage): Promise<void> {
    let answer: string
    try {
      answer = await answerTo(claimed)
    } catch (error) {
      if (closing.signal.aborted) await letGo(writing, claimed.rows, owner)
      else await recordFailed(outcome, claimed, error)
      return
    }
    // Where that fails, it is no failure of the channel: it is sent as it was once the claim has run out.
    await recordDelivered(outcome, claimed, answer)
  }

  /** Sends one after the other until there is none. */
  async function sendDue(channel: string): Promise<void> {
    senders.set(channel, (senders.get(channel) ?? 0) + 1)
    try {
      while (!closing.signal.aborted) {
        const claimed = await claim(channel, owner)
        if (claimed === undefined) break
        await send(claimed)
      }
    } finally {
      senders.set(channel, senders.get(channel)! - 1)
    }
  }

  return {
    async deliverDue() {
      if (closing.signal.aborted) return
      if (await hasSilenced(reading, now())) {
        await releaseSilenced(writing, now(), (row, silences) => silenceOf(eventOf(row), silences))
      }
      const due = await readDue(reading, now())
      const begun = channels.flatMap((channel) => {
        const free = (people.has(channel) ? 1 : MOST_AT_ONCE) - (senders.get(channel) ?? 0)
        const wanted = Math.max(0, Math.min(free, due.get(channel) ?? 0))
        return Array.from({ length: wanted }, () => run(sendDue(channel)).catch(onError))
      })
      await Promise.all(begun)
    },
    async attempt(messageId) {
      const claimed = await claimById(writing, messageId, owner)
      if (claimed === undefined) return false
      await run(send(claimed))
      return true
    },
    stop() {
      closing.abort(new AppError('unavailable', 'the server is stopping'))
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new AppError('unavailable', 'the server is stopping'))
      await Promise.all(running)
    },
  }
}

function eventOf({ incident, sequence, kind, at, payload }: OutboxRow): AlertEvent {
  return { incident, sequence, kind, at, payload: JSON.parse(payload) as AlertPayload }
}

/** What does not end when it is told to is not waited for. */
async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(new DeliveryError(`no answer in ${ATTEMPT_MS / 1000} s`))
  signal.addEventListener('abort', abort)
  try {
    if (signal.aborted) abort()
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {})
    aborted.catch(() => {})
  }
}
