import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { inserterOfStores, keysOfStores } from '../../server/database/stores.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { storeId } from '../../shared/ids.ts'
import { testDatabase } from '../support/test-database.ts'

const idOf = (number: number) => storeId.parse(`s${String(number).padStart(6, '0')}`)
/** More than are read without looking for them. */
const STORES = 100_500

test('of many stores most are found in their order, and a few by their ids', async () => {
  await using database = await testDatabase()
  await using db = await connect(database.url)
  const keyOf = (number: number) => STORES - number
  await writeAlone(db, 'data', (tx) =>
    inserterOfStores(tx)(
      Array.from({ length: STORES }, (_, number) => ({ store_key: keyOf(number), store_id: idOf(number) })),
    ),
  )
  const numbers = Array.from({ length: STORES }, (_, number) => number)
  const most = numbers.filter((number) => number % 3 > 0)
  const few = [70_000, 3, 50_000]
  for (const some of [most, few, numbers, most.toReversed()]) {
    const keys = await writeAlone(db, 'data', (tx) => keysOfStores(tx, some.map(idOf)))
    expect(keys).toEqual(some.map(keyOf))
  }
  // Between them, before and behind.
  const news = ['s', 's050000a', 'z'].map((id) => storeId.parse(id))
  const all = [...numbers.map(idOf), ...news].sort()
  const keys = await writeAlone(db, 'data', (tx) => keysOfStores(tx, all))
  const keyOfId = new Map(all.map((id, i) => [id, keys[i]]))
  expect(news.map((id) => keyOfId.get(id))).toEqual([STORES + 1, STORES + 2, STORES + 3])
  expect(numbers.map((number) => keyOfId.get(idOf(number)))).toEqual(numbers.map(keyOf))
}, 60_000)
