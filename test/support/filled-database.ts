import { connect } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { withChecksum } from '../../server/database/poll-checksum.ts'
import { bytesOfWords, pollWeekOf, pollWord } from '../../server/uptime/poll-week.ts'
import { sortedWeek } from './sorted-week.ts'
import { storeId } from '../../shared/ids.ts'

const HOUR_MS = 3_600_000
export const FIRST_POLL_MS = Date.UTC(2023, 0, 16)
const POLLS_PER_STORE = 100

/** A database of `storeCount` stores with hourly polls, all always open, each down in hours of its own. */
export async function fillDatabase(databaseUrl: string, storeCount: number): Promise<void> {
  await using db = await connect(databaseUrl)
  await migrateToLatest(db)
  await db.transaction().execute(async (tx) => {
    for (let store = 1; store <= storeCount; store++) {
      await tx
        .insertInto('store')
        .values({
          store_key: store,
          store_id: storeId.parse(`store-${String(store).padStart(6, '0')}`),
          timezone: null,
          business_hours_key: null,
        })
        .execute()
      const wordsOfWeek = new Map<number, number[]>()
      for (let hour = 0; hour < POLLS_PER_STORE; hour++) {
        const at = FIRST_POLL_MS + hour * HOUR_MS
        const week = pollWeekOf(at)
        wordsOfWeek.set(week, [...(wordsOfWeek.get(week) ?? []), pollWord(at, (hour * store) % 7 !== 0)])
      }
      for (const [week, words] of wordsOfWeek) {
        const polls = bytesOfWords(withChecksum(sortedWeek(Uint32Array.from(words)), week, store))
        await tx.insertInto('poll_week').values({ week, store_key: store, polls }).execute()
      }
    }
    const latest = FIRST_POLL_MS + (POLLS_PER_STORE - 1) * HOUR_MS
    await tx
      .insertInto('poll_week_summary')
      .values({ week: pollWeekOf(latest), poll_count: storeCount * POLLS_PER_STORE, latest_poll_at: latest })
      .execute()
  })
}
