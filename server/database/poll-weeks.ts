import type { Insertable } from 'kysely'
import {
  bytesOfWords,
  mergedWeek,
  offsetOf,
  POLL_WEEK_MS,
  wordsOfBytes,
  type PollWords,
} from '../uptime/poll-week.ts'
import { chunks, compiledOnce } from './chunks.ts'
import type { Db } from './connect.ts'
import type { PollWeekTable } from './schema.ts'
import { addToPollWeekSummary, hasPollsOfWeek } from './poll-week-summary.ts'

/** A store's polls of a week: sorted words, at most one of a millisecond. */
export interface StorePollWeek {
  readonly week: number
  readonly storeKey: number
  readonly words: PollWords
}

/**
 * Adds polls to those that are stored, which give way at the same millisecond. Returns how many of them were new or said
 * something else. `added` is in ascending order of week, then store, and has each pair once; call it in a transaction.
 */
export async function mergePollWeeks(db: Db, added: readonly StorePollWeek[]): Promise<number> {
  const write = writerOfPollWeeks(db)
  let changed = 0
  for (let start = 0, end = 0; start < added.length; start = end) {
    const { week } = added[start]!
    while (end < added.length && added[end]!.week === week) end++
    changed += await mergeWeek(db, week, added.slice(start, end), write)
  }
  return changed
}

type PollWeekWriter = (weeks: readonly StorePollWeek[]) => Promise<void>

async function mergeWeek(
  db: Db,
  week: number,
  added: readonly StorePollWeek[],
  write: PollWeekWriter,
): Promise<number> {
  const isNewWeek = !(await hasPollsOfWeek(db, week))
  let changedPolls = 0
  let newPolls = 0
  let latestOffset = 0
  for (const chunk of chunks(added)) {
    const stored = isNewWeek ? undefined : await pollsOfStores(db, week, chunk)
    const changedWeeks: StorePollWeek[] = []
    for (const store of chunk) {
      const older = stored?.get(store.storeKey)
      const { words, changed } =
        older === undefined
          ? { words: store.words, changed: store.words.length }
          : mergedWeek(older, store.words)
      if (changed === 0) continue
      changedPolls += changed
      newPolls += words.length - (older?.length ?? 0)
      latestOffset = Math.max(latestOffset, offsetOf(words.at(-1)!))
      changedWeeks.push({ week, storeKey: store.storeKey, words })
    }
    await write(changedWeeks)
  }
  const latestPollAt = week * POLL_WEEK_MS + latestOffset
  if (changedPolls > 0) await addToPollWeekSummary(db, { week, newPolls, latestPollAt })
  return changedPolls
}

async function pollsOfStores(
  db: Db,
  week: number,
  stores: readonly StorePollWeek[],
): Promise<Map<number, PollWords>> {
  const keys = stores.map((store) => store.storeKey)
  const rows = await db
    .selectFrom('poll_week')
    .select(['store_key', 'polls'])
    .where('week', '=', week)
    .where('store_key', 'in', keys)
    .execute()
  return new Map(rows.map((row) => [row.store_key, wordsOfBytes(row.polls)]))
}

function writerOfPollWeeks(db: Db): PollWeekWriter {
  const upsert = compiledOnce((rows: readonly Insertable<PollWeekTable>[]) =>
    db
      .insertInto('poll_week')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['week', 'store_key']).doUpdateSet((eb) => ({ polls: eb.ref('excluded.polls') })),
      )
      .compile(),
  )
  return async (weeks) => {
    if (weeks.length === 0) return
    const rows = weeks.map(({ week, storeKey, words }) => ({
      week,
      store_key: storeKey,
      polls: bytesOfWords(words),
    }))
    await db.executeQuery(upsert(rows))
  }
}
