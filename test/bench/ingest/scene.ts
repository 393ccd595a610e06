import { storeId, type StoreId } from '../../../shared/ids.ts'
import { addPolls } from '../../../server/database/add-polls.ts'
import { connect, type Db } from '../../../server/database/connect.ts'
import { migrateToLatest } from '../../../server/database/migrate.ts'
import { keysOfStores } from '../../../server/database/stores.ts'
import { createLatestPolls } from '../../../server/database/tail/latest-polls.ts'
import { writeAlone } from '../../../server/database/write-alone.ts'
import { POLL_WEEK_MS, pollWeekOf, pollWord } from '../../../server/uptime/poll-week.ts'
import { END_MS } from '../data.ts'
import { HOUR_MS } from '../poll-maker.ts'
import { createRandom } from '../random.ts'

/** Whose polls come: a week of all stores that is about half over. */
export const WEEK = pollWeekOf(END_MS)
const STORES_AT_ONCE = 50_000

/** Makes a database in which each of the stores was polled each hour since the week began. */
export async function makeStartedWeek(path: string, ids: readonly string[], hours: number): Promise<void> {
  const db = await connect(path)
  await migrateToLatest(db)
  const inOrder = ids.map((id) => storeId.parse(id)).sort()
  const latest = createLatestPolls()
  for (let from = 0; from < inOrder.length; from += STORES_AT_ONCE) {
    const some = inOrder.slice(from, from + STORES_AT_ONCE)
    await writeAlone(db, 'data', async (tx) => {
      const keys = await keysOfStores(tx, some)
      const added = keys.map((storeKey) => ({
        week: WEEK,
        storeKey,
        words: Uint32Array.from({ length: hours }, (_, hour) =>
          pollWord(pollAt(hour, storeKey % 3600), true),
        ),
      }))
      return addPolls(tx, added, latest)
    })
  }
  await db.destroy()
}

function pollAt(hour: number, second: number): number {
  return WEEK * POLL_WEEK_MS + hour * HOUR_MS + second * 1000
}

export async function storeIdsOf(db: Db): Promise<StoreId[]> {
  const rows = await db.selectFrom('store').select('store_id').orderBy('store_id').execute()
  return rows.map(({ store_id }) => store_id)
}

export const formats = ['json', 'csv'] as const
export type Format = (typeof formats)[number]

/** Polls as a poller sends them, which asks all stores within an hour, in an order of its own. */
export interface PollStream {
  /** The next polls, as a body. */
  next(polls: number, format: Format): string
}

export function createPollStream(ids: readonly string[], fromHour: number, seed = 1): PollStream {
  const order = shuffled(ids, seed)
  const random = createRandom(seed + 1)
  let polls = 0
  const nextPoll = () => {
    const hour = fromHour + polls++ / order.length
    const at = new Date(WEEK * POLL_WEEK_MS + Math.floor(hour * HOUR_MS)).toISOString()
    return { id: order[(polls - 1) % order.length]!, status: random() < 0.95 ? 'active' : 'inactive', at }
  }
  return {
    next(count, format) {
      if (format === 'json') {
        return JSON.stringify(
          Array.from({ length: count }, () => {
            const { id, status, at } = nextPoll()
            return { store_id: id, status, timestamp_utc: at }
          }),
        )
      }
      let text = 'store_id,status,timestamp_utc\n'
      for (let i = 0; i < count; i++) {
        const { id, status, at } = nextPoll()
        text += `${id},${status},${at.slice(0, 10)} ${at.slice(11, -1)} UTC\n`
      }
      return text
    },
  }
}

function shuffled(ids: readonly string[], seed: number): string[] {
  const random = createRandom(seed)
  const order = [...ids]
  for (let i = order.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1))
    ;[order[i], order[other]] = [order[other]!, order[i]!]
  }
  return order
}
