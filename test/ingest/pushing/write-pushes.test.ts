import { expect, test } from 'vitest'
import { connect } from '../../../server/database/connect.ts'
import { deleteStore } from '../../../server/database/store-deletions.ts'
import { writeAlone } from '../../../server/database/write-alone.ts'
import { storeId } from '../../../shared/ids.ts'
import { listPushedHours } from '../../../server/database/pushes.ts'
import { createKnownStores } from '../../../server/database/known-stores.ts'
import { createLatestPolls } from '../../../server/database/tail/latest-polls.ts'
import { writePushes } from '../../../server/ingest/pushing/write-pushes.ts'
import type { Push } from '../../../server/ingest/pushing/push-message.ts'
import { storedPolls } from '../../support/import-scene.ts'
import { testDatabase } from '../../support/test-database.ts'

const noonMs = Date.parse('2026-10-05T12:00:00Z')

function pushOf(store: string, minute: number, key?: string, status = 'active'): Push {
  const timestamp_utc = new Date(noonMs + minute * 60_000).toISOString()
  const bytes = new Uint8Array(Buffer.from(JSON.stringify([{ store_id: store, status, timestamp_utc }])))
  return { format: 'json', bytes, firstRow: 1, source: 'test', takenInAt: noonMs, key }
}

async function scene() {
  await using parts = new AsyncDisposableStack()
  const db = parts.use(await connect(parts.use(await testDatabase()).url))
  const writing = { db, latest: createLatestPolls(), stores: createKnownStores(), now: () => noonMs }
  const owned = parts.move()
  return {
    db,
    write: (...pushes: Push[]) => writePushes(writing, pushes),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const isNew = { accepted: 1, changed: 1, repeated: 0 }

test('pushes that come at once with the same key are one, or the later one is refused, and others are written', async () => {
  await using made = await scene()
  const outcomes = await made.write(
    pushOf('a', 0, 'one'),
    pushOf('b', 0),
    pushOf('a', 0, 'one'),
    pushOf('c', 0, 'one'),
    pushOf('d', 0, 'two'),
  )
  expect(outcomes).toMatchObject([isNew, isNew, isNew, { code: 'conflict' }, isNew])
  expect((await storedPolls(made.db)).map((poll) => poll.split(' ')[0])).toEqual(['a', 'b', 'd'])
  const [hour] = (await listPushedHours(made.db, { limit: 10 })).items
  expect(hour).toMatchObject({ pushes: 3, accepted: 3, changed: 3, rejected: 0 })
})

test('a push whose key was given to another keeps none from being written that comes with it', async () => {
  await using made = await scene()
  await made.write(pushOf('a', 0, 'one'))
  expect(await made.write(pushOf('b', 0), pushOf('a', 1, 'one'))).toMatchObject([isNew, { code: 'conflict' }])
})

test('a push of which nothing can be taken is answered the same again, also at once', async () => {
  await using made = await scene()
  const bad = () => pushOf('a', 0, 'bad', 'shut')
  const rejected = { accepted: 0, changed: 0, rejected: 1 }
  expect(await made.write(bad(), bad())).toMatchObject([rejected, rejected])
})

test('a push that finds damage keeps none from being written that comes with it', async () => {
  await using made = await scene()
  await made.write(pushOf('a', 5), pushOf('b', 0))
  await made.db
    .updateTable('poll_tail')
    .set({ polls: Buffer.alloc(12, 1) })
    .execute()
  // That of `a` is earlier than what there is, so that it has to be looked for; that of `c` is later.
  expect(await made.write(pushOf('a', 1), pushOf('c', 9))).toMatchObject([{ code: 'damaged' }, isNew])
})

test('a store that was deleted since its last push is a new one', async () => {
  await using made = await scene()
  await made.write(pushOf('a', 0), pushOf('b', 0))
  const request = { storeId: storeId.parse('a'), by: 'me', reason: 'closed', confirm: 1 }
  await writeAlone(made.db, 'data', (tx) => deleteStore(tx, request, noonMs))
  expect(await made.write(pushOf('a', 1), pushOf('b', 1))).toMatchObject([isNew, isNew])
  expect(await storedPolls(made.db)).toEqual([
    'a active 2026-10-05T12:01:00Z',
    'b active 2026-10-05T12:00:00Z',
    'b active 2026-10-05T12:01:00Z',
  ])
  const keys = await made.db.selectFrom('store').select('store_key').orderBy('store_id').execute()
  expect(keys).toEqual([{ store_key: 3 }, { store_key: 2 }])
})

test('keys that were given in a transaction that failed are given again', async () => {
  await using made = await scene()
  const { db } = made
  const stores = createKnownStores()
  const [a, b] = [storeId.parse('a'), storeId.parse('b')]
  const failing = writeAlone(db, 'data', async (tx) => {
    await stores.keysOf(tx, [a])
    throw new Error('the disk is full')
  })
  await expect(failing).rejects.toThrow('full')
  stores.forget()
  expect(await writeAlone(db, 'data', (tx) => stores.keysOf(tx, [b]))).toEqual([1])
  expect(await writeAlone(db, 'data', (tx) => stores.keysOf(tx, [a, b]))).toEqual([2, 1])
})

test('of pushes that say in part what is there already, each is told what it changed', async () => {
  await using made = await scene()
  await made.write(pushOf('a', 0))
  const outcomes = await made.write(pushOf('a', 0), pushOf('b', 0), pushOf('a', 1))
  expect(outcomes).toMatchObject([{ accepted: 1, changed: 0, repeated: 1, firstPollAt: null }, isNew, isNew])
  expect(outcomes[2]).toMatchObject({ firstPollAt: '2026-10-05T12:01:00Z' })
})
