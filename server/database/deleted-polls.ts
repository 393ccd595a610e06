import type { Interval } from '../uptime/interval.ts'
import { POLL_WEEK_MS } from '../uptime/poll-week.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { forgetWeeks } from './kept-weeks.ts'
import { goingPolls, hasPollsOf, latestPollOfWeek, type GoingPolls } from './going-polls.ts'
import { takeFromPollWeekSummary } from './poll-week-summary.ts'
import { pollRowsOf } from './poll-weeks.ts'
import { markChunks } from './store-states.ts'
import { nextBatch } from './tail/batch.ts'
import { foldTail, weeksInTail } from './tail/fold-tail.ts'
import { chunkOf, chunksOf } from './tail/tail-row.ts'
import type { WriteTx } from './write-alone.ts'

/** Polls that are deleted, or would be. */
export interface DeletedPolls {
  readonly polls: number
  /** The keys of the stores that they are of. */
  readonly storeKeys: readonly number[]
  /** Undefined where there are none. */
  readonly firstMs: number | undefined
  readonly lastMs: number | undefined
}

/** What `deletePolls` would delete. */
export async function pollsToDelete(
  db: Db,
  storeKeys: readonly number[],
  time: Interval,
): Promise<DeletedPolls> {
  const all = createTally()
  for await (const going of goingPolls(db, storeKeys, time)) all.add(going)
  return all.total()
}

/** Deletes the polls of stores, whose keys are in ascending order, in some time. */
export async function deletePolls(
  tx: WriteTx,
  storeKeys: readonly number[],
  time: Interval,
): Promise<DeletedPolls> {
  const all = createTally()
  const batch = await nextBatch(tx)
  const weeks = (await weeksInTail(tx)).filter((week) => hasPollsOf(week, time))
  for (const week of weeks) await foldTail(tx, week, chunksOf(storeKeys))
  for await (const going of goingPolls(tx, storeKeys, time)) {
    all.add(going)
    const { week, goneKeys, kept } = going
    if (goneKeys.length > 0) {
      await tx
        .deleteFrom('poll_week')
        .where('week', '=', week)
        .where('store_key', 'in', goneKeys)
        .where(dialectOf(tx).inChunksOf(goneKeys))
        .execute()
    }
    if (kept.length > 0) await dialectOf(tx).writePacked(tx, 'poll_week', pollRowsOf(kept), false)
    const touched = [...goneKeys, ...kept.map(({ storeKey }) => storeKey)]
    await forgetWeeks(tx, touched, { startMs: week * POLL_WEEK_MS, endMs: (week + 1) * POLL_WEEK_MS })
  }
  for (const ofWeek of all.weeks()) {
    await takeFromPollWeekSummary(tx, ofWeek, () => latestPollOfWeek(tx, ofWeek.week))
  }
  const deleted = all.total()
  await markChunks(tx, deleted.storeKeys.map(chunkOf), batch)
  return deleted
}

interface Gone {
  readonly week: number
  polls: number
  firstMs: number
  lastMs: number
}

function createTally() {
  const weeks = new Map<number, Gone>()
  const stores = new Set<number>()
  return {
    add({ week, polls, firstMs, lastMs, goneKeys, kept }: GoingPolls): void {
      const ofWeek = weeks.get(week) ?? { week, polls: 0, firstMs: Infinity, lastMs: -Infinity }
      weeks.set(week, ofWeek)
      ofWeek.polls += polls
      ofWeek.firstMs = Math.min(ofWeek.firstMs, firstMs)
      ofWeek.lastMs = Math.max(ofWeek.lastMs, lastMs)
      for (const storeKey of goneKeys) stores.add(storeKey)
      for (const { storeKey } of kept) stores.add(storeKey)
    },
    weeks: (): Iterable<Gone> => weeks.values(),
    total(): DeletedPolls {
      const inOrder = [...weeks.values()].filter(({ polls }) => polls > 0)
      return {
        polls: inOrder.reduce((sum, { polls }) => sum + polls, 0),
        storeKeys: [...stores],
        firstMs: inOrder[0]?.firstMs,
        lastMs: inOrder.at(-1)?.lastMs,
      }
    },
  }
}
