import { connect } from '../../server/database/connect.ts'
import { dialectOf } from '../../server/database/dialect/dialect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { addPolls } from '../../server/database/add-polls.ts'
import type { StorePollWeek } from '../../server/database/poll-weeks.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import { storeId } from '../../shared/ids.ts'

const HOUR_MS = 3_600_000
export const FIRST_POLL_MS = Date.UTC(2023, 0, 16)
const POLLS_PER_STORE = 100

/** A database of `storeCount` stores with hourly polls, all always open, each down in hours of its own. */
export async function fillDatabase(databaseUrl: string, storeCount: number): Promise<void> {
  await using db = await connect(databaseUrl)
  await migrateToLatest(db)
  const stores = Array.from({ length: storeCount }, (_, i) => i + 1)
  const storeIds = stores.map((store) => storeId.parse(`store-${String(store).padStart(6, '0')}`))
  await writeAlone(db, 'data', async (tx) => {
    // Of many stores the polls take a while to make.
    await dialectOf(tx).allowIdle(tx, 0)
    const storeKeys = await keysOfStores(tx, storeIds)
    const weeks = stores.flatMap((store, i) => pollWeeksOf(store, storeKeys[i]!))
    await addPolls(
      tx,
      weeks.toSorted((a, b) => a.week - b.week || a.storeKey - b.storeKey),
    )
  })
}

function pollWeeksOf(store: number, storeKey: number): StorePollWeek[] {
  const polls = Array.from({ length: POLLS_PER_STORE }, (_, hour) => {
    const at = FIRST_POLL_MS + hour * HOUR_MS
    return { week: pollWeekOf(at), word: pollWord(at, (hour * store) % 7 !== 0) }
  })
  return Array.from(
    Map.groupBy(polls, ({ week }) => week),
    ([week, ofWeek]) => ({ week, storeKey, words: Uint32Array.from(ofWeek, ({ word }) => word) }),
  )
}
