import { sql, type Kysely } from 'kysely'
import { describe, expect, test } from 'vitest'
import { migrations, type SchemaMigration } from '../../migrations/index.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { dialectOf } from '../../server/database/dialect/dialect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { readPart } from '../../server/database/report-results.ts'
import { changeRules } from '../../server/database/schedules.ts'
import { listStores } from '../../server/database/stores.ts'
import { readPollWeeks } from '../../server/database/read-polls.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { pollWord } from '../../server/uptime/poll-week.ts'
import { bytesOfWords, wordsOfBytes } from '../../server/uptime/words.ts'
import type { StoreId } from '../../shared/ids.ts'
import { databaseType, emptyDatabase } from '../support/test-database.ts'

function known(db: Db): readonly SchemaMigration[] {
  return migrations(dialectOf(db).columnTypes)
}

/** A version of the program that is newer by one migration. */
function newer(db: Db, change: Partial<SchemaMigration> = {}): readonly SchemaMigration[] {
  const addColumn = (on: Kysely<unknown>) =>
    on.schema.alterTable('store').addColumn('nickname', 'text').execute()
  const added = { name: '999-nicknames', readableFrom: '003-poll-checksums', up: addColumn, ...change }
  return [...known(db), added]
}

test('of several processes that open a new database at once one makes its tables, and all find them', async () => {
  await using database = await emptyDatabase()
  const opened = Array.from({ length: 4 }, async () => {
    await using db = await connect(database.url)
    const applied = await migrateToLatest(db)
    await db.selectFrom('report').selectAll().execute()
    return applied
  })
  const applied = await Promise.all(opened)
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
})

describe('a program beside a newer one', () => {
  test('goes on where the newer one only added what it does not look at', async () => {
    await using database = await emptyDatabase()
    await using db = await connect(database.url)
    expect(await migrateToLatest(db, newer(db))).toContain('999-nicknames')
    expect(await migrateToLatest(db)).toEqual([])
    await db
      .insertInto('store')
      .values({ store_key: 1, store_id: 'a' as StoreId })
      .execute()
    expect(await db.selectFrom('store').select('store_id').execute()).toEqual([{ store_id: 'a' }])
  })

  test('is refused where it would go wrong, and nothing is changed', async () => {
    await using database = await emptyDatabase()
    await using db = await connect(database.url)
    await migrateToLatest(db, newer(db, { readableFrom: '999-nicknames' }))
    await expect(migrateToLatest(db)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/newer version of store-monitor \(999-nicknames\)/) as string,
    })
  })

  test('is refused where both have changed the tables in ways of their own', async () => {
    await using database = await emptyDatabase()
    await using db = await connect(database.url)
    await migrateToLatest(db, newer(db))
    const other = newer(db, { name: '998-other', up: async () => {} })
    await expect(migrateToLatest(db, other)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

test('a migration that fails leaves nothing of itself, and says why', async () => {
  await using database = await emptyDatabase()
  await using db = await connect(database.url)
  const failing = newer(db, {
    async up(on) {
      await on.schema.alterTable('store').addColumn('nickname', 'text').execute()
      throw new Error('no nicknames today')
    },
  })
  await migrateToLatest(db)
  await expect(migrateToLatest(db, failing)).rejects.toThrow(/cannot be migrated: no nicknames today/)
  expect(await migrateToLatest(db, newer(db))).toEqual(['999-nicknames'])
})

test('a migration waits for a transaction that has the table, and lets others at it meanwhile', async () => {
  await using database = await emptyDatabase()
  await using db = await connect(database.url)
  await migrateToLatest(db)
  await using other = await connect(database.url)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: taken, resolve: take } = Promise.withResolvers<void>()
  const holding = other.transaction().execute(async (tx) => {
    await tx.selectFrom('store').selectAll().execute()
    take()
    await released
  })
  await taken
  let attempts = 0
  const counted = newer(db, {
    async up(on) {
      // As if the first attempt had waited for as long as one does.
      if (databaseType === 'postgres') await sql`set local lock_timeout = '50ms'`.execute(on)
      if (++attempts === 2) release()
      await on.schema.alterTable('store').addColumn('nickname', 'text').execute()
    },
  })
  if (databaseType === 'sqlite') release() // whose one writer is waited for by the statement itself
  expect(await migrateToLatest(db, counted)).toEqual(['999-nicknames'])
  await holding
  // On PostgreSQL the second one may still be too early for the transaction that ends.
  const [least, most] = databaseType === 'sqlite' ? [1, 1] : [2, Infinity]
  expect(attempts).toBeGreaterThanOrEqual(least)
  expect(attempts).toBeLessThanOrEqual(most)
})

test('polls from before there were checksums are read as they were', async () => {
  await using database = await emptyDatabase()
  await using db = await connect(database.url)
  await migrateToLatest(db, known(db).slice(0, 2))
  const stores = Array.from({ length: 1203 }, (_, i) => i + 1)
  const wordsOf = (store: number) => Uint32Array.of(pollWord(store, true), pollWord(store + 5000, false))
  for (const store of stores) {
    await db
      .insertInto('store')
      .values({ store_key: store, store_id: `s${store}` as StoreId })
      .execute()
    for (const week of [0, 7]) {
      const polls = bytesOfWords(wordsOf(store))
      await db.insertInto('poll_week').values({ week, store_key: store, polls }).execute()
    }
  }
  expect(await migrateToLatest(db)).toContain('003-poll-checksums')
  for (const { storeKeys, words, from, to } of await readPollWeeks(db, [0, 7], stores)) {
    expect(storeKeys.toSorted((a, b) => a - b)).toEqual(stores)
    storeKeys.forEach((storeKey, i) => {
      expect([...words.subarray(from[i], to[i])]).toEqual([...wordsOf(storeKey)])
    })
  }
})

test('zones and weekly rules of before become schedules, and reports of before have no excused time', async () => {
  await using database = await emptyDatabase()
  await using db = await connect(database.url)
  await migrateToLatest(
    db,
    known(db).filter(({ name }) => name < '004'),
  )
  const before = db as unknown as Kysely<{
    business_hours: { business_hours_key: number; spans: string }
    store: { store_key: number; store_id: string; timezone?: string; business_hours_key?: number }
    report: object
    report_part: {
      report_key: number
      part: number
      first_store_id: string
      store_count: number
      totals: Uint8Array
      csv: Uint8Array
      csv_bytes: number
    }
  }>
  await before
    .insertInto('business_hours')
    .values({ business_hours_key: 1, spans: '[[0,"09:00:00","17:00:00"]]' })
    .execute()
  await before
    .insertInto('store')
    .values([
      { store_key: 1, store_id: 'a', timezone: 'UTC', business_hours_key: 1 },
      { store_key: 2, store_id: 'b', timezone: 'UTC' },
    ])
    .execute()
  await before.insertInto('store').values({ store_key: 3, store_id: 'c', business_hours_key: 1 }).execute()
  await before.insertInto('store').values({ store_key: 4, store_id: 'd' }).execute()
  await sql`insert into report (report_id, state, as_of, interpolation, reach_ms, stores_total, stores_done, requested_at)
    values ('7f1c4d8e-33a0-4f57-a3c5-0d6f2a6f6a11', 'complete', 0, 'nearest', 60000, 2, 2, 0)`.execute(db)
  const totals = bytesOfWords(
    Uint32Array.from([1, 2].flatMap((key) => [key, 11, 12, 13, 14, 15, 16, 17, 18, 19])),
  )
  await before
    .insertInto('report_part')
    .values({
      report_key: 1,
      part: 0,
      first_store_id: '',
      store_count: 2,
      totals,
      csv: totals,
      csv_bytes: 80,
    })
    .execute()

  await migrateToLatest(db)

  const { items } = await listStores(db, { limit: 10 })
  const nine = [{ day: 0, start: '09:00:00', end: '17:00:00' }]
  expect(items.map(({ storeId, timezone, businessHours }) => [storeId, timezone, businessHours])).toEqual([
    ['a', 'UTC', nine],
    ['b', 'UTC', null],
    ['c', null, nine],
    ['d', null, null],
  ])
  expect(await db.selectFrom('schedule').select('schedule_key').execute()).toHaveLength(3)
  await writeAlone(db, 'data', (tx) =>
    changeRules(
      tx,
      [{ what: 'zones', versions: [{ validFrom: null, rule: 'UTC' }] }],
      [{ storeId: 'd' as StoreId, rule: 0, rows: 1 }],
    ),
  )
  expect(await db.selectFrom('schedule').select('schedule_key').execute()).toHaveLength(3)
  const part = await readPart(db, 1, 0, 'totals')
  expect([...wordsOfBytes(part)]).toEqual(
    [1, 2].flatMap((key) => [key, 11, 12, 13, 14, 15, 16, 17, 18, 19, 0, 0, 0]),
  )
})
