import { sql, type Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

const ROWS_AT_ONCE = 500

interface Tables {
  store: { store_key: number; store_id: string; timezone: string | null; schedule_key: number | null }
  schedule: { schedule_key: number; schedule: string }
  schedule_of: { timezone: string; old_key: number; new_key: number }
  report_part: { report_key: number; part: number; totals: Uint8Array | null; totals_crc32: number | null }
}

/**
 * Keeps the whole schedule of a store (zones, hours, special days) as one text, where there was a zone and a weekly rule;
 * has room for corrections, for what stores are called and which groups they are in, and for reports by period. Stored
 * totals gain excused time.
 */
export function schedulesAndCorrections(types: ColumnTypes) {
  return {
    async up(untyped: Kysely<unknown>): Promise<void> {
      const db = untyped as Kysely<Tables>
      await db.schema.alterTable('business_hours').renameTo('schedule').execute()
      await db.schema.alterTable('schedule').renameColumn('business_hours_key', 'schedule_key').execute()
      await db.schema.alterTable('schedule').renameColumn('spans', 'schedule').execute()
      await db.schema.alterTable('store').renameColumn('business_hours_key', 'schedule_key').execute()
      await sql`drop index if exists business_hours_spans_index`.execute(db)
      await types.finishTable(untyped, 'schedule', { longText: ['schedule'] })
      await joinZonesAndHours(db)
      await db.schema.alterTable('store').dropColumn('timezone').execute()
      await db.schema.alterTable('store').addColumn('name', 'text').execute()

      await types
        .clustered(db.schema.createTable('store_label'))
        .addColumn('store_key', 'integer', (column) =>
          types.referencesKept(column.notNull(), 'store.store_key'),
        )
        .addColumn('label', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('store_label_primary_key', ['store_key', 'label'])
        .execute()
      await db.schema
        .createIndex('store_label_value_index')
        .on('store_label')
        .columns(['label', 'value'])
        .execute()

      await db.schema
        .createTable('correction')
        .addColumn('correction_id', 'integer', types.generatedKey)
        .addColumn('store_key', 'integer', (column) =>
          types.referencesKept(column.notNull(), 'store.store_key'),
        )
        .addColumn('from_at', 'bigint', (column) => column.notNull())
        .addColumn('to_at', 'bigint', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('author', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('revoked_at', 'bigint')
        .addColumn('revoked_by', 'text')
        .execute()
      await db.schema
        .createIndex('correction_store_index')
        .on('correction')
        .columns(['store_key', 'from_at'])
        .execute()

      await db.schema
        .alterTable('report')
        .addColumn('corrections', 'text', (column) => column.notNull().defaultTo('applied'))
        .execute()
      for (const column of ['period', 'since', 'until', 'labels'] as const) {
        await db.schema.alterTable('report').addColumn(column, 'text').execute()
      }
      await addExcusedTotals(db)
    },
  }
}

/** Gives each pair of a zone and a weekly rule that stores have a schedule, which takes the place of both. */
async function joinZonesAndHours(db: Kysely<Tables>): Promise<void> {
  const pairs = await db
    .selectFrom('store')
    .leftJoin('schedule', 'schedule.schedule_key', 'store.schedule_key')
    .select(['store.timezone', 'store.schedule_key as oldKey', 'schedule.schedule as spans'])
    .distinct()
    .where((eb) => eb.or([eb('store.timezone', 'is not', null), eb('store.schedule_key', 'is not', null)]))
    .execute()
  const { last } = await db
    .selectFrom('schedule')
    .select((eb) => eb.fn.max('schedule_key').as('last'))
    .executeTakeFirstOrThrow()
  const lastOldKey = Number(last ?? 0)
  await db.schema
    .createTable('schedule_of')
    .addColumn('timezone', 'text', (column) => column.notNull())
    .addColumn('old_key', 'integer', (column) => column.notNull())
    .addColumn('new_key', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('schedule_of_primary_key', ['timezone', 'old_key'])
    .execute()
  const rows = pairs.map(({ timezone, oldKey, spans }, i) => ({
    timezone: timezone ?? '',
    old_key: oldKey ?? -1,
    new_key: lastOldKey + 1 + i,
    schedule: `{${[
      ...(timezone === null ? [] : [`"zones":[[null,${JSON.stringify(timezone)}]]`]),
      ...(spans === null ? [] : [`"hours":[[null,${spans}]]`]),
    ].join()}}`,
  }))
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const chunk = rows.slice(start, start + ROWS_AT_ONCE)
    await db
      .insertInto('schedule')
      .values(chunk.map(({ new_key, schedule }) => ({ schedule_key: new_key, schedule })))
      .execute()
    await db
      .insertInto('schedule_of')
      .values(chunk.map(({ timezone, old_key, new_key }) => ({ timezone, old_key, new_key })))
      .execute()
  }
  await sql`update store set schedule_key = (
      select new_key from schedule_of
      where schedule_of.timezone = coalesce(store.timezone, '') and old_key = coalesce(store.schedule_key, -1)
    )`.execute(db)
  // So that not all stores are looked through for each rule that goes.
  await db.schema.createIndex('store_schedule_index').on('store').column('schedule_key').execute()
  await db.deleteFrom('schedule').where('schedule_key', '<=', lastOldKey).execute()
  await db.schema.dropIndex('store_schedule_index').execute()
  await db.schema.dropTable('schedule_of').execute()
}

const WORDS_BEFORE = 1 + 9
const WORDS_AFTER = 1 + 12

/** Totals of a store were its key and up, down and unknown time of three windows; three of excused time follow. */
async function addExcusedTotals(db: Kysely<Tables>): Promise<void> {
  const parts = await db
    .selectFrom('report_part')
    .select(['report_key', 'part'])
    .where('totals', 'is not', null)
    .execute()
  const { crc32 } = await import('node:zlib')
  for (const { report_key, part } of parts) {
    const ofPart = db
      .selectFrom('report_part')
      .select('totals')
      .where('report_key', '=', report_key)
      .where('part', '=', part)
    const { totals } = await ofPart.executeTakeFirstOrThrow()
    const longer = withExcused(totals!)
    await db
      .updateTable('report_part')
      .set({ totals: longer, totals_crc32: crc32(longer) })
      .where('report_key', '=', report_key)
      .where('part', '=', part)
      .execute()
  }
}

function withExcused(totals: Uint8Array): Uint8Array {
  const stores = totals.byteLength / (4 * WORDS_BEFORE)
  const longer = new Uint8Array(stores * 4 * WORDS_AFTER)
  for (let store = 0; store < stores; store++) {
    const from = store * 4 * WORDS_BEFORE
    longer.set(totals.subarray(from, from + 4 * WORDS_BEFORE), store * 4 * WORDS_AFTER)
  }
  return longer
}
