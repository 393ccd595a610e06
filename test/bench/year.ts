import { connect, type Db } from '../../server/database/connect.ts'
import { addPolls } from '../../server/database/add-polls.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { POLL_WEEK_MS, pollWeekOf, pollWord, sortWeek } from '../../server/uptime/poll-week.ts'
import { END_MS } from './data.ts'
import { createPollMaker, HOUR_MS } from './poll-maker.ts'
import type { Population } from './population.ts'
import { POLLED_MS } from './polls.ts'

const HOURS_OF_WEEK = POLL_WEEK_MS / HOUR_MS
/** More than a store is polled in a week. */
const MOST_POLLS = 512

/** Adds so many weeks of polls before those that a database of these stores has. */
export async function addEarlierWeeks(
  databasePath: string,
  population: Population,
  { seed, weeks }: { readonly seed: number; readonly weeks: number },
): Promise<void> {
  const db = await connect(databasePath)
  const storeOf = await storesByKey(db, population)
  const lastWeek = pollWeekOf(END_MS - POLLED_MS)
  for (let week = lastWeek + 1 - weeks; week <= lastWeek; week++) {
    const wordsOf = wordsOfWeek(population, { seed: seed + week, week })
    const added = storeOf.map(([storeKey, store]) => ({ week, storeKey, words: wordsOf(store) }))
    await writeAlone(db, 'data', (tx) =>
      addPolls(
        tx,
        added.filter(({ words }) => words.length > 0),
      ),
    )
  }
  await db.destroy()
}

/** The places of stores in the population, in ascending order of key. */
async function storesByKey(
  db: Db,
  { ids }: Population,
): Promise<readonly (readonly [storeKey: number, store: number])[]> {
  const placeOf = new Map<string, number>(ids.map((id, store) => [id, store]))
  const rows = await db.selectFrom('store').select(['store_key', 'store_id']).orderBy('store_key').execute()
  return rows.map(({ store_key, store_id }) => [store_key, placeOf.get(store_id)!])
}

/** The packed polls of each store in a UTC week, but for the time that the database has polls of. */
function wordsOfWeek(
  population: Population,
  { seed, week }: { readonly seed: number; readonly week: number },
): (store: number) => Uint32Array<ArrayBuffer> {
  const stores = population.ids.length
  const words = new Uint32Array(stores * MOST_POLLS)
  const lengths = new Uint32Array(stores)
  const endMs = (week + 1) * POLL_WEEK_MS
  const making = { seed, endMs, slots: HOURS_OF_WEEK }
  const putPolls = createPollMaker(population, making, (store, at, _micros, isActive) => {
    if (at < Math.min(endMs, END_MS - POLLED_MS)) {
      words[store * MOST_POLLS + lengths[store]!++] = pollWord(at, isActive)
    }
  })
  for (let slot = 0; slot < HOURS_OF_WEEK; slot++) putPolls(slot, 0, stores)
  return (store) => {
    const from = store * MOST_POLLS
    return words.slice(from, sortWeek(words, from, from + lengths[store]!))
  }
}
