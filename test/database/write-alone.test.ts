import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { addPolls } from '../../server/database/add-polls.ts'
import { connect } from '../../server/database/connect.ts'
import { changeRules } from '../../server/database/schedules.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { writeAlone, type WriteTx } from '../../server/database/write-alone.ts'
import { pollWord } from '../../server/uptime/poll-week.ts'
import { storeId } from '../../shared/ids.ts'
import { testDatabase } from '../support/test-database.ts'

const STORES = 45_000
const ids = Array.from({ length: STORES }, (_, i) => storeId.parse(`s${i}`))
const words = Uint32Array.from({ length: 12 }, (_, i) => pollWord(i, true))

const changes = {
  polls: async (tx: WriteTx) => {
    const storeKeys = await keysOfStores(tx, ids.slice(0, 5000))
    return addPolls(
      tx,
      storeKeys.map((storeKey) => ({ week: 0, storeKey, words })),
    )
  },
  rules: (tx: WriteTx) =>
    changeRules(
      tx,
      [{ what: 'zones', versions: [{ validFrom: null, rule: 'UTC' }] }],
      ids.map((id) => ({ storeId: id, rule: 0, rows: 1 })),
    ),
}

test.for(['polls', 'rules'] as const)(
  'a long change of %s lets the thread do other things, which may end it: nothing of it is left',
  async (kind) => {
    await using database = await testDatabase()
    await using db = await connect(database.url)
    const other = new AbortController()
    setTimeout(() => other.abort(new Error('that will do')))
    const changing = writeAlone(db, 'data', changes[kind], async () => {
      await setImmediate()
      other.signal.throwIfAborted()
    })
    await expect(changing).rejects.toThrow('that will do')
    expect(await db.selectFrom('store').selectAll().execute()).toEqual([])
    await writeAlone(db, 'data', changes[kind])
    expect(await db.selectFrom('store').select('store_key').execute()).not.toEqual([])
  },
)
