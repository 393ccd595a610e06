import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { createSchedules } from '../../server/database/judged-schedules.ts'
import { deleteStore } from '../../server/database/store-deletions.ts'
import { readFactsByKey } from '../../server/database/store-facts.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { storeId } from '../../shared/ids.ts'
import { addTo } from '../support/random-changes.ts'
import { testDatabase } from '../support/test-database.ts'

const AT_MS = Date.UTC(2026, 9, 5, 12)

test('of stores that are named by key those that are gone are left out', async () => {
  await using database = await testDatabase()
  await using db = await connect(database.url)
  const ids = ['a', 'b', 'c'].map((id) => storeId.parse(id))
  await addTo(
    db,
    ids.map((id, i) => ({ storeId: id, atMs: AT_MS + i, isUp: true })),
  )
  const gone = { storeId: ids[1]!, by: null, reason: 'x', confirm: 1 }
  const keys = await writeAlone(db, 'data', async (tx) => {
    const before = await keysOfStores(tx, ids)
    await deleteStore(tx, gone, AT_MS)
    return before
  })
  const time = { startMs: AT_MS, endMs: AT_MS + 10 }
  const wanted = { time, schedules: createSchedules(), corrections: 'applied' } as const
  const { stores, pollsAt } = await readFactsByKey(db, [...keys, 1_000_000].toReversed(), wanted)
  expect(stores.map((store) => store.storeId).sort()).toEqual(['a', 'c'])
  for (const [place, store] of stores.entries()) {
    expect(pollsAt(place).reduce((sum, { from, to }) => sum + to - from, 0)).toBe(1)
    expect(keys).toContain(store.storeKey)
  }
})
