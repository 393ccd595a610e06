import { createHash } from 'node:crypto'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import type { PushResult } from '../../../shared/push.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { addPolls } from '../../database/add-polls.ts'
import type { Db } from '../../database/connect.ts'
import { storesOutside } from '../../database/labelled.ts'
import type { KnownStores } from '../../database/known-stores.ts'
import type { StorePollWeek } from '../../database/poll-weeks.ts'
import { answerGiven, countPushes, keepAnswer, type KeyedPush } from '../../database/pushes.ts'
import type { LatestPolls } from '../../database/tail/latest-polls.ts'
import type { WriteTx } from '../../database/write-alone.ts'
import { writePolls } from '../../database/write-polls.ts'
import { offsetOf, POLL_WEEK_MS, type PollWords } from '../../uptime/poll-week.ts'
import type { Push } from './push-message.ts'
import { weeksTogether, type PushedWeek } from './pushed-polls.ts'
import { readPush, type ReadPush } from './read-push.ts'

export type PushOutcome = PushResult | AppError

export interface PushWriting {
  readonly db: Db
  readonly latest: LatestPolls
  readonly stores: KnownStores
  readonly now: () => number
}

/**
 * Writes pushes, each as a whole or not at all: in one transaction where that can be, so that one that cannot be written
 * keeps no other from it. When it returns they are as safe as the connection is durable.
 */
export async function writePushes(writing: PushWriting, pushes: readonly Push[]): Promise<PushOutcome[]> {
  const read: (PushToWrite | AppError)[] = []
  // One after the other: they take turns with what they are read with.
  for (const push of pushes) read.push(await readOrError(writing.db, push))
  const good = read.filter((one): one is PushToWrite => !(one instanceof AppError))
  const results = await writeGroup(writing, good)
  return read.map((one) => (one instanceof AppError ? one : results.get(one)!))
}

/** A push that has been read. */
interface PushToWrite {
  readonly push: Push
  readonly read: ReadPush
  /** Undefined where it has no key. */
  readonly keyed: KeyedPush | undefined
}

async function readOrError(db: Db, push: Push): Promise<PushToWrite | AppError> {
  const { key, bytes, limit } = push
  try {
    const keyed =
      key === undefined
        ? undefined
        : { key, sender: limit?.sender, sha256: createHash('sha256').update(bytes).digest('hex') }
    return { push, read: await readLimited(db, push), keyed }
  } catch (error) {
    return toAppError(error)
  }
}

/** What a push says of stores that its sender may push polls of. */
async function readLimited(db: Db, push: Push): Promise<ReadPush> {
  const read = await readPush(push)
  if (push.limit === undefined) return read
  const storeIds = [...new Set(read.weeks.map(({ storeId }) => storeId))]
  const others = await storesOutside(db, storeIds, push.limit.groups)
  return others.size === 0 ? read : readPush(push, others)
}

async function writeGroup(
  writing: PushWriting,
  pushes: readonly PushToWrite[],
): Promise<ReadonlyMap<PushToWrite, PushOutcome>> {
  if (pushes.length === 0) return new Map()
  const { db, latest, stores } = writing
  try {
    return await writePolls(db, latest, (tx) => writeIn(tx, pushes, writing))
  } catch (error) {
    stores.forget()
    const appError = toAppError(error)
    // What the database does not take at all, it would not take one by one.
    if (pushes.length === 1 || appError.code === 'unavailable') {
      return new Map(pushes.map((push) => [push, appError]))
    }
    const results = new Map<PushToWrite, PushOutcome>()
    for (const one of pushes) results.set(one, (await writeGroup(writing, [one])).get(one)!)
    return results
  }
}

/** Throws where what several pushes changed cannot be told apart. */
async function writeIn(
  tx: WriteTx,
  pushes: readonly PushToWrite[],
  writing: PushWriting,
): Promise<Map<PushToWrite, PushResult>> {
  const results = new Map<PushToWrite, PushResult>()
  const fresh: PushToWrite[] = []
  for (const one of pushes) {
    const given = one.keyed && (await answerGiven(tx, one.keyed))
    if (given === undefined) fresh.push(one)
    else results.set(one, given)
  }
  if (fresh.length === 0) return results
  const changed = await storePolls(tx, together(fresh), writing)
  // At the end: whoever asks meanwhile whether something has changed since is not told no.
  const at = writing.now()
  for (const one of fresh) {
    const result = resultOf(one.read, changed)
    results.set(one, result)
    if (one.keyed !== undefined) await keepAnswer(tx, one.keyed, result, at)
  }
  for (const [source, ofSource] of Map.groupBy(fresh, ({ push }) => push.source)) {
    await countPushes(
      tx,
      source,
      ofSource.map((one) => results.get(one)!),
      at,
    )
  }
  return results
}

/** The polls of all of them; throws where two of them have the same key, or say something of a store at the same millisecond. */
function together(pushes: readonly PushToWrite[]): readonly PushedWeek[] {
  if (pushes.length === 1) return pushes[0]!.read.weeks
  const keys = pushes.flatMap(({ keyed }) => keyed?.key ?? [])
  const weeks = weeksTogether(pushes.map(({ read }) => read.weeks))
  const instants = pushes.reduce((sum, { read }) => sum + countWords(read.weeks), 0)
  const areApart = new Set(keys).size === keys.length && countWords(weeks) === instants
  if (!areApart) throw new Error('these pushes are to be written one by one')
  return weeks
}

function countWords(weeks: readonly PushedWeek[]): number {
  return weeks.reduce((sum, { words }) => sum + words.length, 0)
}

/** The words that changed something, by store and week; mostly all do. */
type ChangedWords = 'all' | ReadonlyMap<string, ReadonlySet<number>>

function nameOf({ storeId, week }: Pick<PushedWeek, 'storeId' | 'week'>): string {
  return `${storeId} ${week}`
}

async function storePolls(
  tx: WriteTx,
  weeks: readonly PushedWeek[],
  { latest, stores }: Pick<PushWriting, 'latest' | 'stores'>,
): Promise<ChangedWords> {
  const storeIds = weeks.map(({ storeId }) => storeId)
  const storeKeys = await stores.keysOf(tx, storeIds)
  const added = weeks.map(({ week, words }, i) => ({ week, storeKey: storeKeys[i]!, words }))
  added.sort((a, b) => a.week - b.week || a.storeKey - b.storeKey)
  const changedWeeks: StorePollWeek[] = []
  const { rows } = await addPolls(tx, added, latest, (changed) => changedWeeks.push(changed))
  if (rows === countWords(weeks)) return 'all'
  const idOf = new Map(storeKeys.map((storeKey, i) => [storeKey, storeIds[i]!]))
  return new Map(
    changedWeeks.map(({ week, storeKey, words }) => [
      nameOf({ storeId: idOf.get(storeKey)!, week }),
      new Set(words),
    ]),
  )
}

/** What became of a push, where it is alone in what it says. */
function resultOf({ weeks, accepted, rejected, rejections }: ReadPush, changed: ChangedWords): PushResult {
  let count = 0
  let firstMs = Infinity
  let lastMs = -Infinity
  for (const pushed of weeks) {
    const words = changed === 'all' ? pushed.words : changedWordsOf(pushed, changed.get(nameOf(pushed)))
    if (words.length === 0) continue
    count += words.length
    firstMs = Math.min(firstMs, instantOf(pushed, words[0]!))
    lastMs = Math.max(lastMs, instantOf(pushed, words.at(-1)!))
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

function changedWordsOf({ words }: PushedWeek, changed: ReadonlySet<number> | undefined): PollWords {
  return words.filter((word) => changed?.has(word) ?? false)
}

function instantOf({ week }: PushedWeek, word: number): number {
  return week * POLL_WEEK_MS + offsetOf(word)
}
