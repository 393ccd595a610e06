import { expect, test } from 'vitest'
import { addPolls } from '../../server/database/add-polls.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { latestPollAt } from '../../server/database/poll-week-summary.ts'
import { readPollWeeks } from '../../server/database/read-polls.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { readKeptTail } from '../../server/database/tail/kept-tail.ts'
import { createLatestPolls } from '../../server/database/tail/latest-polls.ts'
import { insertRow } from '../../server/database/tail/put-rows.ts'
import { writeAlone, type WriteTx } from '../../server/database/write-alone.ts'
import { writePolls } from '../../server/database/write-polls.ts'
import { POLL_WEEK_MS, pollWord } from '../../server/uptime/poll-week.ts'
import { storeId } from '../../shared/ids.ts'
import { databaseType, testDatabase } from '../support/test-database.ts'

const WEEK = 2800
const STORE = 1
const OTHER = 2

async function sceneWithStores() {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await testDatabase())
  const db = parts.use(await connect(database.url))
  await writeAlone(db, 'data', (tx) =>
    keysOfStores(
      tx,
      ['a', 'b'].map((id) => storeId.parse(id)),
    ),
  )
  const owned = parts.move()
  return { db, url: database.url, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

const wordAt = (second: number) => pollWord(WEEK * POLL_WEEK_MS + second * 1000, true)

function addPoll(tx: WriteTx, storeKey: number, second: number, latest = createLatestPolls()) {
  return addPolls(tx, [{ week: WEEK, storeKey, words: Uint32Array.of(wordAt(second)) }], latest)
}

async function pollsOf(tx: Db, storeKey: number): Promise<number[]> {
  const [found] = await readPollWeeks(tx, [WEEK], [storeKey])
  return [...found!.words.subarray(found!.from[0], found!.to[0])]
}

test('what was read of polls that were not committed is not taken for those that were', async () => {
  await using scene = await sceneWithStores()
  const { db } = scene
  const latest = createLatestPolls()
  const add = (storeKey: number, second: number, end = () => {}) =>
    writePolls(db, latest, async (tx) => {
      await addPoll(tx, storeKey, second, latest)
      const polls = await pollsOf(tx, storeKey)
      end()
      return polls
    })
  await add(OTHER, 1)
  const disturbed = add(STORE, 2, () => {
    throw new Error('disturbed')
  })
  await expect(disturbed).rejects.toThrow('disturbed')
  const polls = () => db.transaction().execute((tx) => pollsOf(tx, STORE))
  expect(await polls()).toEqual([])
  expect(await add(STORE, 3)).toEqual([wordAt(3)])
  expect(await polls()).toEqual([wordAt(3)])
})

// SQLite has one reader at a time in a thread.
test.runIf(databaseType === 'postgres')(
  'who began to read before polls came, and goes on when others have read them, has all that there were before',
  async () => {
    await using scene = await sceneWithStores()
    await using reading = await connect(scene.url, { readOnly: true })
    const add = (second: number) => writeAlone(scene.db, 'data', (tx) => addPoll(tx, STORE, second))
    await add(1)
    await reading.transaction().execute(async (early) => {
      await latestPollAt(early)
      await add(2)
      const late = await reading.transaction().execute((tx) => pollsOf(tx, STORE))
      expect(late).toEqual([wordAt(1), wordAt(2)])
      expect(await pollsOf(early, STORE)).toEqual([wordAt(1)])
    })
  },
)

test('of years, the polls of stores of many chunks are found again', async () => {
  await using scene = await sceneWithStores()
  const { db } = scene
  const chunks = Array.from({ length: 100 }, (_, chunk) => chunk)
  await writeAlone(db, 'data', async (tx) => {
    for (const chunk of chunks) {
      const stores = [{ storeKey: chunk * 2048, words: Uint32Array.of(wordAt(1)) }]
      await insertRow(tx, { week: WEEK, chunk }, 1, stores)
    }
  })
  const weeks = Array.from({ length: 500 }, (_, i) => WEEK + i)
  for (let i = 0; i < 2; i++) {
    const found = await db.transaction().execute((tx) => readKeptTail(tx, weeks, chunks))
    expect([...found.keys()]).toEqual([WEEK])
    expect(found.get(WEEK)).toHaveLength(chunks.length)
  }
})
