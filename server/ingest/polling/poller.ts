import type { StoreId } from '../../../shared/ids.ts'
import type { PollerSetting } from '../../config-file/poller-setting.ts'
import type { Db } from '../../database/connect.ts'
import { claimPoller, recordPollerProgress, releasePoller, storeIdsIn } from '../../database/pollers.ts'
import type { PushTarget } from '../pushing/pusher.ts'
import type { Asked } from './ask-store.ts'
import { createCircuit } from './circuit.ts'
import { createPace } from './pace.ts'
import { createTurnCounts } from './turn-counts.ts'
import { dueTurns, turnsOf, type Turn } from './turns.ts'
import { createWaitingPolls } from './waiting-polls.ts'

export interface PollerParts {
  readonly reading: Db
  readonly writing: Db
  readonly pusher: PushTarget
  readonly owner: string
  readonly now: () => number
  readonly ask: (storeId: StoreId) => Promise<Asked>
  /** Aborted when the process ends. */
  readonly signal: AbortSignal
  readonly onNotice: (text: string) => void
}

/** Asks stores by turns, as long as no other process does. */
export interface RunningPoller {
  /** Asks those whose turn it is by now, as many as may be; it does not wait for their answers. */
  tick(): Promise<void>
  /** Waits for those that are asked. */
  settled(): Promise<void>
  /** Puts down what came of them: polls, and how far it is. */
  record(): Promise<void>
  /** Waits for those that are asked, puts down what came of them, and lets others go on. */
  end(): Promise<void>
}

/** Turns of so long ago are still taken: those that another process, which is gone, did not come to. */
const LATEST_MS = 2 * 60_000
/** How often it is looked which stores there are, and the claim put off. */
const ROSTER_EVERY_MS = 30_000
/** So long for each store, as they are all read. */
const ROSTER_PER_STORE_MS = 1
const CLAIM_EVERY_MS = 3000
/** How often it is put down how far it is, where nothing else is to be. */
const RECORD_EVERY_MS = 10_000

export function createPoller(setting: PollerSetting, parts: PollerParts): RunningPoller {
  const { name, every: everyMs, rate, concurrency, group = [] } = setting
  const { reading, writing, pusher, owner, now, ask, signal, onNotice } = parts
  const pace = createPace(rate)
  const counts = createTurnCounts()
  const polls = createWaitingPolls(pusher, { source: `poller:${name}`, now })
  const underWay = new Map<Promise<void>, WaitingTurn>()
  let circuit = createCircuit()
  let queue: WaitingTurn[] = []
  let turns: readonly Turn[] = []
  let turnsAt = -Infinity
  let claimAt = -Infinity
  let recordAt = -Infinity
  let hasFailed = false
  let isOurs = false
  let askedUntil = 0
  let lastAnswerAt: number | undefined

  async function claim(nowMs: number): Promise<void> {
    claimAt = nowMs + CLAIM_EVERY_MS
    const claimed = await claimPoller(writing, name, owner)
    if (claimed !== undefined && !isOurs) {
      const { pause_since: sinceMs, pause_until: untilMs, asked_until } = claimed
      circuit = createCircuit(sinceMs === null || untilMs === null ? undefined : { sinceMs, untilMs })
      askedUntil = Math.max(Math.min(asked_until ?? nowMs, nowMs), nowMs - LATEST_MS)
    }
    isOurs = claimed !== undefined
    if (!isOurs) queue = []
  }

  async function readTurns(nowMs: number): Promise<void> {
    turnsAt = nowMs + ROSTER_EVERY_MS
    const storeIds: StoreId[] = []
    for await (const some of storeIdsIn(reading, group)) for (const storeId of some) storeIds.push(storeId)
    turnsAt = nowMs + ROSTER_EVERY_MS + storeIds.length * ROSTER_PER_STORE_MS
    turns = turnsOf(storeIds, name, everyMs)
  }

  /** Those whose turn it is wait for it to be possible, and no longer than to their next one. */
  function queueDue(nowMs: number): void {
    // A clock that was wrong, and was put back, keeps nobody from their turns.
    askedUntil = askedUntil > nowMs + LATEST_MS ? nowMs : askedUntil
    const due = dueTurns(turns, { afterMs: askedUntil, untilMs: nowMs, everyMs })
    for (const { storeId } of due) queue.push({ storeId, afterMs: askedUntil, dueMs: nowMs })
    askedUntil = Math.max(askedUntil, nowMs)
    const inTime = queue.findIndex(({ dueMs }) => dueMs > nowMs - everyMs)
    leaveOut(queue.splice(0, inTime === -1 ? queue.length : inTime), 'late', 'its rate is too low')
  }

  function leaveOut(left: typeof queue, reason: 'late' | 'backing-off', message: string): void {
    const [first] = left
    if (first !== undefined) counts.add(reason, left.length, { storeId: first.storeId, message })
  }

  function askSome(nowMs: number): void {
    const allowed = circuit.mayAsk(Math.min(queue.length, concurrency - underWay.size), nowMs)
    const starting = queue.splice(0, pace.take(allowed, nowMs))
    circuit.asked(starting.length)
    for (const turn of starting) {
      const asked = askOne(turn.storeId).finally(() => underWay.delete(asked))
      underWay.set(asked, turn)
    }
    if (circuit.pause !== undefined) leaveOut(queue.splice(0), 'backing-off', 'most stores had no answer')
  }

  async function askOne(storeId: StoreId): Promise<void> {
    const { verdict } = await ask(storeId)
    if (signal.aborted) return
    const atMs = now()
    if ('isActive' in verdict) {
      polls.add({ storeId, isActive: verdict.isActive, atMs })
      counts.add(verdict.isActive ? 'active' : 'inactive', 1)
      lastAnswerAt = atMs
    } else {
      counts.add(verdict.reason, 1, { storeId, message: verdict.message })
    }
    const changed = circuit.answered('isActive' in verdict, atMs)
    if (changed === 'going on') onNotice(`poller ${name} goes on: stores answer again`)
    if (changed === 'paused' && 'message' in verdict) {
      onNotice(
        `poller ${name} pauses, as most stores have no answer; the last: ${storeId}: ${verdict.message}`,
      )
    }
  }

  /** Until when nobody has to be asked again where this process is killed. */
  function reachedBy(): number {
    const unsettled = [...underWay.values(), ...queue.slice(0, 1)]
    return Math.min(askedUntil, ...unsettled.map(({ afterMs }) => afterMs))
  }

  async function record(): Promise<void> {
    recordAt = now() + RECORD_EVERY_MS
    // Those that are answered while others are pushed are not safe yet.
    const reached = reachedBy()
    await polls.push()
    if (!isOurs) return
    const counted = counts.take()
    const { pause } = circuit
    const progress = { askedUntil: reached, stores: turns.length, lastAnswerAt, pause, counted }
    await recordPollerProgress(writing, name, progress, now()).catch((error: unknown) => {
      counts.putBack(counted)
      throw error
    })
  }

  /** What could not be put down is, when it is time for that again. */
  async function recordOrWait(): Promise<void> {
    hasFailed = true
    await record()
    hasFailed = false
  }

  return {
    async tick() {
      const nowMs = now()
      if (nowMs >= claimAt) await claim(nowMs)
      if (!isOurs || signal.aborted) return
      if (nowMs >= turnsAt) await readTurns(nowMs)
      queueDue(nowMs)
      askSome(nowMs)
    },
    async settled() {
      await Promise.all(underWay.keys())
    },
    async record() {
      if (now() >= recordAt || (counts.areSome() && !hasFailed)) await recordOrWait()
    },
    async end() {
      await Promise.all(underWay.keys())
      await record()
      if (isOurs) await releasePoller(writing, name, owner)
    },
  }
}

interface WaitingTurn {
  readonly storeId: StoreId
  /** After which instant, and until which, its turn came. */
  readonly afterMs: number
  readonly dueMs: number
}
