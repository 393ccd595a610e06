import type { StoreId } from '../../shared/ids.ts'
import type { PollWords } from '../uptime/poll-week.ts'

/** Polls of stores in order of their ids, of each in order of time, as threads hand them to each other. */
export interface PackedPolls {
  readonly storeIds: readonly StoreId[]
  /** Of each run of words: whose they are, as a place in `storeIds`, their week, and where they end. */
  readonly stores: Uint32Array
  readonly weeks: Int32Array
  readonly ends: Uint32Array
  readonly words: PollWords
}

/** Words of one store and week. */
export interface PollRun {
  readonly storeId: StoreId
  readonly week: number
  readonly words: PollWords
}

export function* runsOf({ storeIds, stores, weeks, ends, words }: PackedPolls): Generator<PollRun> {
  for (let run = 0, start = 0; run < ends.length; start = ends[run++]!) {
    yield { storeId: storeIds[stores[run]!]!, week: weeks[run]!, words: words.subarray(start, ends[run]) }
  }
}

export function packPolls(runs: readonly PollRun[]): PackedPolls {
  const storeIds: StoreId[] = []
  const stores = new Uint32Array(runs.length)
  const ends = new Uint32Array(runs.length)
  const words = new Uint32Array(runs.reduce((sum, run) => sum + run.words.length, 0))
  let end = 0
  runs.forEach((run, i) => {
    if (storeIds.at(-1) !== run.storeId) storeIds.push(run.storeId)
    stores[i] = storeIds.length - 1
    words.set(run.words, end)
    ends[i] = end += run.words.length
  })
  return { storeIds, stores, weeks: Int32Array.from(runs, ({ week }) => week), ends, words }
}

/** The same in pieces of at most so many polls. */
export function* piecesOf(polls: PackedPolls, mostPolls: number): Generator<PackedPolls> {
  if (polls.words.length <= mostPolls) {
    yield polls
    return
  }
  let piece: PollRun[] = []
  let room = mostPolls
  for (const run of runsOf(polls)) {
    for (let from = 0; from < run.words.length;) {
      const words = run.words.subarray(from, from + room)
      piece.push({ ...run, words })
      from += words.length
      room -= words.length
      if (room > 0) continue
      yield packPolls(piece)
      piece = []
      room = mostPolls
    }
  }
  if (piece.length > 0) yield packPolls(piece)
}
