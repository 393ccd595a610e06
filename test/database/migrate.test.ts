import { sql, type Kysely } from 'kysely'
import { describe, expect, test } from 'vitest'
import { migrations, type SchemaMigration } from '../../migrations/index.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { dialectOf } from '../../server/database/dialect/dialect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { readPollWeeks } from '../../server/database/poll-weeks.ts'
import { pollWord } from '../../server/uptime/poll-week.ts'
import { bytesOfWords } from '../../server/uptime/words.ts'
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
  expect(attempts).toBe(databaseType === 'sqlite' ? 1 : 2)
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
