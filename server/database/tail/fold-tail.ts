import type { Db } from '../connect.ts'
import { dialectOf } from '../dialect/dialect.ts'
import { pollRowsOf, readStoredWeeks } from '../poll-weeks.ts'
import { markChunks } from '../store-states.ts'
import type { WriteTx } from '../write-alone.ts'
import { deleteRows } from './put-rows.ts'
import { readGoingTail, withTail } from './read-tail.ts'
import { splitTail } from './split-tail.ts'
import { keysOfChunk, type TailPlace } from './tail-row.ts'

/** The weeks that have polls in the tail. */
export async function weeksInTail(db: Db): Promise<number[]> {
  const rows = await db.selectFrom('poll_tail').select('week').distinct().orderBy('week').execute()
  return rows.map(({ week }) => week)
}

/**
 * Puts the polls of chunks of stores from the tail into their week. Whoever writes rows of `poll_week` does so first, as what
 * is in the tail counts more.
 */
export async function foldTail(tx: WriteTx, week: number, chunks: readonly number[]): Promise<void> {
  await splitTail(tx, week)
  for (const chunk of chunks) await foldChunk(tx, { week, chunk })
}

/**
 * Puts the polls of a chunk of stores into their week. Those of them that are in rows of any stores stay there, too, so
 * that nothing that is newer than they may be written to the week before these are split.
 */
export async function foldChunk(tx: WriteTx, place: TailPlace): Promise<void> {
  const { week, chunk } = place
  const [firstKey, lastKey] = keysOfChunk(chunk)
  const ofChunk = Array.from({ length: lastKey - firstKey + 1 }, (_, i) => firstKey + i)
  const tail = (await readGoingTail(tx, [week], ofChunk)).get(week)
  if (tail === undefined || tail.storeKeys.length === 0) return
  const [stored] = await readStoredWeeks(tx, [week], tail.storeKeys)
  const { storeKeys, from, to, words } = withTail(stored!, tail)
  const inTail = new Set(tail.storeKeys)
  const folded = storeKeys.flatMap((storeKey, i) =>
    inTail.has(storeKey) ? { week, storeKey, words: words.subarray(from[i], to[i]) } : [],
  )
  await dialectOf(tx).writePacked(tx, 'poll_week', pollRowsOf(folded), false)
  const { last } = await tx
    .selectFrom('poll_tail')
    .where('week', '=', week)
    .where('chunk', '=', chunk)
    .select((eb) => eb.fn.max('batch').as('last'))
    .executeTakeFirstOrThrow()
  if (last === null) return
  await deleteRows(tx, place)
  // For whoever has not seen them in the tail.
  await markChunks(tx, [chunk], last)
}
