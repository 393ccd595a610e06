import { sql, type Insertable } from 'kysely'
import { wordsOfBytes } from '../../../uptime/words.ts'
import { chunks, compiledOnce } from '../../chunks.ts'
import type { PollWeekTable } from '../../schema.ts'
import type { Db, PackedPolls, PollRow } from '../dialect.ts'
import { keyRanges } from '../key-ranges.ts'

/**
 * Reads the polls of a week as one row: to hand over a row for each store takes the driver several times as long as to read
 * its bytes.
 */
export async function readPolls(
  db: Db,
  weeks: readonly number[],
  storeKeys: readonly number[],
): Promise<PackedPolls[]> {
  const ofWeeks: PackedPolls[] = []
  for (const week of weeks) ofWeeks.push(await readWeek(db, week, storeKeys))
  return ofWeeks
}

async function readWeek(db: Db, week: number, storeKeys: readonly number[]): Promise<PackedPolls> {
  const { keys, lengths, polls } = await db
    .selectFrom(rowsOf(db, week, storeKeys).as('of_stores'))
    .select(({ ref }) => [
      sql<string>`json_group_array(${ref('store_key')})`.as('keys'),
      sql<string>`json_group_array(length(${ref('polls')}))`.as('lengths'),
      sql<Uint8Array | null>`cast(group_concat(${ref('polls')}, '') as blob)`.as('polls'),
    ])
    .executeTakeFirstOrThrow()
  const words = wordsOfBytes(polls ?? new Uint8Array())
  return { storeKeys: JSON.parse(keys) as number[], ...placesOf(JSON.parse(lengths) as number[]), words }
}

function rowsOf(db: Db, week: number, storeKeys: readonly number[]) {
  const ofWeek = db.selectFrom('poll_week').select(['store_key', 'polls']).where('week', '=', week)
  const [firstRange, ...otherRanges] = (keyRanges(storeKeys) ?? []).map(({ first, last }) =>
    ofWeek.where('store_key', '>=', first).where('store_key', '<=', last),
  )
  if (firstRange !== undefined) return otherRanges.reduce((all, range) => all.unionAll(range), firstRange)
  return ofWeek.where(
    'store_key',
    'in',
    sql<number>`(select value from json_each(${JSON.stringify(storeKeys)}))`,
  )
}

/** Where the words of each store are, from how many bytes each has. */
function placesOf(lengths: readonly number[]): { from: Uint32Array; to: Uint32Array } {
  const from = new Uint32Array(lengths.length)
  const to = new Uint32Array(lengths.length)
  let start = 0
  for (let i = 0; i < lengths.length; i++) {
    from[i] = start
    start = to[i] = start + lengths[i]! / Uint32Array.BYTES_PER_ELEMENT
  }
  return { from, to }
}

/** Writes rows of polls, by statements that are compiled once. */
export function createPollWriter(): (db: Db, rows: readonly PollRow[]) => Promise<void> {
  let upsert: ReturnType<typeof compiledUpsert> | undefined
  return async (db, rows) => {
    upsert ??= compiledUpsert(db)
    for (const chunk of chunks(rows)) {
      await db.executeQuery(
        upsert(chunk.map(({ week, storeKey, polls }) => ({ week, store_key: storeKey, polls }))),
      )
    }
  }
}

function compiledUpsert(db: Db) {
  return compiledOnce((rows: readonly Insertable<PollWeekTable>[]) =>
    db
      .insertInto('poll_week')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['week', 'store_key']).doUpdateSet((eb) => ({ polls: eb.ref('excluded.polls') })),
      )
      .compile(),
  )
}
