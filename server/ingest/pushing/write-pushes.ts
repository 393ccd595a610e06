import { createHash } from 'node:crypto'
import { toAppError, type AppError } from '../../../shared/app-error.ts'
import type { StoreId } from '../../../shared/ids.ts'
import type { PushResult } from '../../../shared/push.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { addPolls } from '../../database/add-polls.ts'
import type { Db } from '../../database/connect.ts'
import { answerGiven, countPushes, keepAnswer, type KeyedPush } from '../../database/pushes.ts'
import { keysOfStores } from '../../database/stores.ts'
import type { LatestPolls } from '../../database/tail/latest-polls.ts'
import { writeAlone, type WriteTx } from '../../database/write-alone.ts'
import { offsetOf, POLL_WEEK_MS } from '../../uptime/poll-week.ts'
import type { Push } from './push-message.ts'
import { createPushedPolls, type PushedPolls } from './pushed-polls.ts'
import { readPush, type ReadPush } from './read-push.ts'

export type PushOutcome = PushResult | AppError

/**
 * Writes pushes, each as a whole or not at all: in one transaction, or in one each where two of them say something of a store
 * at the same millisecond. When it returns they are as safe as the connection is durable.
 */
export async function writePushes(
  db: Db,
  pushes: readonly Push[],
  latest: LatestPolls,
): Promise<PushOutcome[]> {
  const read = await Promise.all(pushes.map(readOrError))
  const good = read.filter((one) => one instanceof PushToWrite)
  const results = new Map<PushToWrite, PushOutcome>()
  if (!(await writeTogether(db, good, latest, results))) {
    for (const one of good) await writeTogether(db, [one], latest, results)
  }
  return read.map((one) => (one instanceof PushToWrite ? results.get(one)! : one))
}

class PushToWrite {
  readonly push: Push
  readonly read: ReadPush

  constructor(push: Push, read: ReadPush) {
    this.push = push
    this.read = read
  }

  /** Undefined where it has no key. */
  keyed(): KeyedPush | undefined {
    const { key, bytes } = this.push
    return key === undefined ? undefined : { key, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
}

async function readOrError(push: Push): Promise<PushToWrite | AppError> {
  try {
    return new PushToWrite(push, await readPush(push))
  } catch (error) {
    return toAppError(error)
  }
}

/** Breaks a transaction off in which what several pushes changed cannot be told apart. */
class CannotBeToldApart extends Error {}

/** False, and nothing is written, where there are several and they must be written one by one. */
async function writeTogether(
  db: Db,
  pushes: readonly PushToWrite[],
  latest: LatestPolls,
  results: Map<PushToWrite, PushOutcome>,
): Promise<boolean> {
  if (pushes.length === 0) return true
  try {
    const written = await writeAlone(db, 'data', (tx) => writeIn(tx, pushes, latest))
    for (const [push, outcome] of written) results.set(push, outcome)
  } catch (error) {
    latest.forget()
    if (error instanceof CannotBeToldApart) return false
    for (const push of pushes) results.set(push, toAppError(error))
  }
  return true
}

async function writeIn(
  tx: WriteTx,
  pushes: readonly PushToWrite[],
  latest: LatestPolls,
): Promise<Map<PushToWrite, PushOutcome>> {
  const results = new Map<PushToWrite, PushOutcome>()
  const fresh: PushToWrite[] = []
  for (const one of pushes) {
    const keyed = one.keyed()
    const given = keyed && (await answerGiven(tx, keyed))
    if (given === undefined) fresh.push(one)
    else results.set(one, given)
  }
  if (fresh.length === 0) return results
  const changed = await storePolls(tx, together(fresh), latest)
  for (const one of fresh) {
    const result = resultOf(one.read, changed)
    results.set(one, result)
    const keyed = one.keyed()
    if (keyed !== undefined) await keepAnswer(tx, keyed, result, one.push.takenInAt)
  }
  for (const [source, ofSource] of Map.groupBy(fresh, ({ push }) => push.source)) {
    const sum = (name: 'accepted' | 'changed' | 'rejected') =>
      ofSource.reduce((total, one) => total + (results.get(one) as PushResult)[name], 0)
    const counts = {
      pushes: ofSource.length,
      accepted: sum('accepted'),
      changed: sum('changed'),
      rejected: sum('rejected'),
    }
    await countPushes(tx, source, counts, ofSource.at(-1)!.push.takenInAt)
  }
  return results
}

/** The polls of all of them, no two of which are to say something of a store at the same millisecond. */
function together(pushes: readonly PushToWrite[]): PushedPolls {
  if (pushes.length === 1) return pushes[0]!.read.polls
  const all = createPushedPolls()
  let instants = 0
  for (const { read } of pushes) {
    all.addAll(read.polls)
    instants += instantsOf(read.polls)
  }
  if (instantsOf(all) < instants) throw new CannotBeToldApart()
  return all
}

function instantsOf(polls: PushedPolls): number {
  let instants = 0
  for (const storeId of polls.storeIds()) {
    for (const { words } of polls.weeksOf(storeId)) instants += words.length
  }
  return instants
}

/** The words that changed something, by store and week. */
type ChangedWords = ReadonlyMap<StoreId, ReadonlyMap<number, ReadonlySet<number>>>

async function storePolls(tx: WriteTx, polls: PushedPolls, latest: LatestPolls): Promise<ChangedWords> {
  const storeIds = polls.storeIds()
  const keys = await keysOfStores(tx, storeIds)
  const idOf = new Map(keys.map((storeKey, i) => [storeKey, storeIds[i]!]))
  const added = storeIds.flatMap((storeId, i) =>
    polls.weeksOf(storeId).map(({ week, words }) => ({ week, storeKey: keys[i]!, words })),
  )
  added.sort((a, b) => a.week - b.week || a.storeKey - b.storeKey)
  const changed = new Map<StoreId, Map<number, ReadonlySet<number>>>()
  await addPolls(tx, added, latest, ({ week, storeKey, words }) => {
    const storeId = idOf.get(storeKey)!
    const weeks = changed.get(storeId) ?? new Map<number, ReadonlySet<number>>()
    changed.set(storeId, weeks.set(week, new Set(words)))
  })
  return changed
}

/** What became of a push, where it is alone in what it says. */
function resultOf({ polls, accepted, rejected, rejections }: ReadPush, changed: ChangedWords): PushResult {
  let count = 0
  let firstMs = Infinity
  let lastMs = -Infinity
  for (const storeId of polls.storeIds()) {
    const ofStore = changed.get(storeId)
    if (ofStore === undefined) continue
    for (const { week, words } of polls.weeksOf(storeId)) {
      const ofWeek = ofStore.get(week)
      for (const word of words) {
        if (!ofWeek?.has(word)) continue
        count++
        firstMs = Math.min(firstMs, week * POLL_WEEK_MS + offsetOf(word))
        lastMs = Math.max(lastMs, week * POLL_WEEK_MS + offsetOf(word))
      }
    }
  }
  return {
    accepted,
    changed: count,
    repeated: accepted - count,
    rejected,
    rejections: [...rejections],
    firstPollAt: count === 0 ? null : formatTimestamp(firstMs),
    lastPollAt: count === 0 ? null : formatTimestamp(lastMs),
  }
}
