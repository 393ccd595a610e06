import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connect, type Db } from '../../server/database/connect.ts'
import { dialectOf } from '../../server/database/dialect/dialect.ts'
import { pollWeekOf } from '../../server/uptime/poll-week.ts'
import { bytesOfWords, wordsOfBytes } from '../../server/uptime/words.ts'
import { withChecksum } from '../../server/database/poll-checksum.ts'
import { readPollWeeks } from '../../server/database/read-polls.ts'
import { readStoreRules } from '../../server/database/report-input.ts'
import type { StoreId } from '../../shared/ids.ts'
import { fillDatabase, FIRST_POLL_MS } from '../support/filled-database.ts'
import { databaseType, testDatabase } from '../support/test-database.ts'

test('the polls of a part are the same whether the keys of its stores lie together or apart', async () => {
  await using database = await testDatabase()
  await fillDatabase(database.url, 120)
  await using db = await connect(database.url)
  const part = { firstStoreId: 'store-000011' as StoreId, nextStoreId: 'store-000091' as StoreId }
  const week = pollWeekOf(FIRST_POLL_MS)

  async function pollsByStoreId(): Promise<Map<StoreId, number[]>> {
    const stores = await readStoreRules(db, part)
    const keys = stores.map(({ storeKey }) => storeKey).toSorted((a, b) => a - b)
    const [polls] = await readPollWeeks(db, [week], keys)
    const { storeKeys, words, from, to } = polls!
    const wordsOf = new Map(storeKeys.map((key, i) => [key, [...words.subarray(from[i], to[i])]]))
    return new Map(stores.map(({ storeId, storeKey }) => [storeId, wordsOf.get(storeKey) ?? []]))
  }

  const together = await pollsByStoreId()
  expect(together.size).toBe(80)
  expect(new Set([...together.values()].map((words) => words.join())).size).toBeGreaterThan(1)

  // As if some stores had come with later imports, and then each with one of its own.
  await moveKeys(db, (key) => (key % 30 === 12 ? key + 1000 : key))
  expect(await pollsByStoreId()).toEqual(together)
  await moveKeys(db, (key) => 100_000 + key * 10)
  expect(await pollsByStoreId()).toEqual(together)
})

async function moveKeys(db: Db, move: (key: number) => number): Promise<void> {
  const stores = await db.selectFrom('store').select('store_key').execute()
  await db.transaction().execute(async (tx) => {
    if (databaseType === 'sqlite') await sql`pragma defer_foreign_keys = on`.execute(tx)
    for (const { store_key: key } of stores) {
      await tx
        .updateTable('store')
        .set({ store_key: move(key) })
        .where('store_key', '=', key)
        .execute()
      const rows = await tx
        .deleteFrom('poll_week')
        .where('store_key', '=', key)
        .returning(['week', 'polls'])
        .execute()
      const moved = rows.map(({ week, polls }) => {
        const words = wordsOfBytes(polls).slice(0, -1)
        return { week, storeKey: move(key), bytes: bytesOfWords(withChecksum(words, week, move(key))) }
      })
      await dialectOf(tx).writePacked(tx, 'poll_week', moved, false)
    }
  })
}
