import { AppError } from '../../shared/app-error.ts'
import { writtenLabel } from '../../shared/label.ts'
import type { StoreChange, StoreChanges, StoreChangesQuery } from '../../shared/store-now.ts'
import { overLimit } from '../limits/over-limit.ts'
import { usualLimits } from '../limits/setting.ts'
import { createLookout } from '../lookout.ts'
import type { LiveChange, LiveChanges } from './live-tasks.ts'

/** Which stores are followed: one, those of some groups, or all. */
export type Followed = Pick<StoreChangesQuery, 'storeId' | 'labels'>

/** An event as it is told to those who follow the same stores. */
export interface ToldEvent {
  /** Names where it stands among all. */
  readonly id: string
  readonly data: StoreChanges
  /** As a server-sent event, which is made once. */
  readonly bytes: () => Uint8Array
}

export interface ChangeFeed {
  /**
   * What changes, until the signal is aborted; first how far it is, or, behind an event that was received, what has changed since. Who
   * is too slow to be told of all is told so. Throws a `busy` AppError where too many follow already.
   */
  watch(
    followed: Followed,
    lastEventId: string | undefined,
    signal?: AbortSignal,
  ): AsyncGenerator<ToldEvent, void>
  /** Looks soon, where anybody follows, as something may have changed. */
  lookSoon(): void
}

export interface ChangeFeedParts {
  /** What has changed since a batch; nothing where none is named. */
  readonly read: (afterBatch: number | undefined) => Promise<LiveChanges>
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
  readonly mostWatchers?: number
}

/** Four a second at most. */
const EVERY_MS = 250
/** So much is kept for those who are behind. */
const MOST_EVENTS = 256
const MOST_CHANGES = 20_000

/** Looks for changes while anybody follows. */
export function createChangeFeed(parts: ChangeFeedParts): ChangeFeed {
  const { read, onError, everyMs = EVERY_MS, mostWatchers = usualLimits.followers } = parts
  const lookout = createLookout(lookOnce, { everyMs, onError: tellOfOurs })
  const events: FeedEvent[] = []
  let changeCount = 0
  /** Where those are behind that are kept. */
  let firstBatch = 0
  let now: LiveChanges | undefined
  let look: Promise<void> | undefined

  function lookOnce(): Promise<void> {
    look ??= lookNow().finally(() => (look = undefined))
    return look
  }

  async function lookNow(): Promise<void> {
    const latest = await read(now?.batch)
    const isFirst = now === undefined
    const isSame = latest.batch === now?.batch
    now = latest
    if (isFirst) firstBatch = latest.batch
    if (isFirst || isSame || latest.changes?.length === 0) return
    if (latest.changes === null) {
      events.length = changeCount = 0
      firstBatch = latest.batch
    } else keep(createFeedEvent(latest, latest.changes))
    lookout.wake()
  }

  function keep(event: FeedEvent): void {
    events.push(event)
    changeCount += event.count
    while (events.length > MOST_EVENTS || (changeCount > MOST_CHANGES && events.length > 1)) {
      const oldest = events.shift()!
      changeCount -= oldest.count
      firstBatch = oldest.batch
    }
  }

  /** The first event behind a batch that those who follow some stores are to be told of. */
  function eventAfter(
    batch: number,
    followed: string,
  ): { readonly batch: number; readonly told: ToldEvent | undefined } {
    if (batch < firstBatch || batch > now!.batch) return { batch: now!.batch, told: toldOf(now!, true) }
    for (const event of events) {
      if (event.batch <= batch) continue
      const told = event.toldTo(followed)
      if (told !== undefined) return { batch: event.batch, told }
    }
    return { batch: now!.batch, told: undefined }
  }

  async function* follow(
    followed: Followed,
    lastEventId: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ToldEvent, void> {
    const whose = JSON.stringify(followed)
    await using watcher = lookout.join(signal)
    await lookOnce()
    let at = lastEventId === undefined ? now!.batch : batchOf(lastEventId)
    // Another server on the database may have told of what was not there yet.
    if (at > now!.batch) await lookOnce()
    if (lastEventId === undefined) yield toldOf(now!, false)
    while (signal?.aborted !== true) {
      const woken = watcher.woken()
      const { batch, told } = eventAfter(at, whose)
      at = batch
      if (told === undefined) await woken
      else yield told
    }
  }

  /** A database that cannot be reached for a while is no fault of ours: those who follow are told when it is there again. */
  function tellOfOurs(error: unknown): void {
    if (!(error instanceof AppError) || error.code === 'internal') onError(error)
  }

  return {
    lookSoon: () => lookout.lookSoon(),
    watch(followed, lastEventId, signal) {
      if (lookout.watchers < mostWatchers) return follow(followed, lastEventId, signal)
      const followers = lookout.watchers
      throw overLimit('followers', `${followers} already follow what changes: try again in a while`, {
        retryAfterSeconds: 5,
      })
    },
  }
}

/** A batch that never is, of an id that we did not give. */
function batchOf(eventId: string): number {
  return /^-?\d{1,15}$/.test(eventId) ? Number(eventId) : -Infinity
}

interface FeedEvent {
  readonly batch: number
  readonly count: number
  /** To those who follow some stores, as JSON; undefined where nothing of it is of theirs. */
  toldTo(followed: string): ToldEvent | undefined
}

function createFeedEvent(latest: LiveChanges, changes: readonly LiveChange[]): FeedEvent {
  const made = new Map<string, ToldEvent | undefined>()
  return {
    batch: latest.batch,
    count: changes.length,
    toldTo(followed) {
      if (made.has(followed)) return made.get(followed)
      const { storeId, labels = [] } = JSON.parse(followed) as Followed
      const groups = labels.map(writtenLabel)
      const theirs = changes
        .filter((change) => storeId === undefined || change.storeId === storeId)
        .filter((change) => groups.every((group) => change.labels.includes(group)))
        .map(withoutLabels)
      const told = theirs.length === 0 ? undefined : toldOf(latest, false, theirs)
      made.set(followed, told)
      return told
    },
  }
}

function withoutLabels({ storeId, name, timezone, from, to, since, lastPoll }: LiveChange): StoreChange {
  return { storeId, name, timezone, from, to, since, lastPoll }
}

function toldOf({ batch, asOf }: LiveChanges, isResync: boolean, changes: StoreChange[] = []): ToldEvent {
  const id = String(batch)
  const data = { asOf, isResync, changes }
  const name = isResync ? 'resync' : 'changes'
  let bytes: Uint8Array | undefined
  return {
    id,
    data,
    bytes: () =>
      (bytes ??= new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\nid: ${id}\n\n`)),
  }
}
