import { sql } from 'kysely'
import type { ColumnTypes } from '../../../../migrations/column-types.ts'

/** What the triggers tell, those hear who listen to this. */
export const CHANNEL = 'store_monitor'

export const postgresColumnTypes: ColumnTypes = {
  bytes: 'bytea',
  byteOrderedText: sql`text collate "C"`,
  inByteOrder: (text) => sql`${text} collate "C"`,
  generatedKey: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
  clustered: (table) => table,
  async makeAppendOnly(db, table) {
    const name = `${table}_is_append_only`
    await sql`create function ${sql.ref(name)}() returns trigger language plpgsql as $$
      begin raise exception 'rows of % are never changed or removed', tg_table_name; end $$`.execute(db)
    await sql`create trigger ${sql.ref(name)} before update or delete on ${sql.table(table)}
      for each row execute function ${sql.ref(name)}()`.execute(db)
  },
  async announce(db, table, { on, as, of = [] }) {
    await sql`create or replace function store_monitor_announce() returns trigger language plpgsql as $$
      begin
        perform pg_notify(${sql.lit(CHANNEL)}, concat_ws(' ',
          tg_argv[0], to_jsonb(new) ->> tg_argv[1], to_jsonb(new) ->> tg_argv[2]));
        return null;
      end $$`.execute(db)
    const each = of.length === 0 ? 'statement' : 'row'
    await sql`create trigger ${sql.ref(`${table}_${on}_is_announced`)} after ${sql.raw(on)} on ${sql.table(table)}
      for each ${sql.raw(each)} execute function store_monitor_announce(${sql.join([as, ...of].map((arg) => sql.lit(arg)))})`.execute(
      db,
    )
  },
  uniqueLongText: (column) => column.notNull(),
  // Packed polls do not get smaller by compression, which would only cost time.
  async finishTable(db, table, { uncompressed = [], longText = [] }) {
    for (const column of uncompressed) {
      await sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} set storage external`.execute(
        db,
      )
    }
    // A unique index has no room for long texts; that they are unique is for writers to see to, who write alone.
    for (const column of longText) {
      await db.schema.createIndex(`${table}_${column}_index`).on(table).using('hash').column(column).execute()
    }
  },
  async dropReferred(db, table) {
    await sql`drop table ${sql.table(table)} cascade`.execute(db)
  },
  async spreadByChunk(db, table) {
    const [key, ofStore] = [`${table}_primary_key`, `${table}_of_store`]
    await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(key)}`.execute(db)
    // All rows have it at once, and as an ordinary column from then on.
    await sql`alter table ${sql.table(table)} add column chunk integer not null
      generated always as (store_key >> 11) stored`.execute(db)
    await sql`alter table ${sql.table(table)} alter column chunk drop expression`.execute(db)
    await sql`alter table ${sql.table(table)} add constraint ${sql.ref(key)} primary key (week, chunk, store_key)`.execute(
      db,
    )
    await sql`create unique index ${sql.ref(ofStore)} on ${sql.table(table)} (week, store_key)`.execute(db)
    await sql`create function ${sql.ref(ofStore)}() returns trigger language plpgsql as $$
      begin new.chunk := new.store_key >> 11; return new; end $$`.execute(db)
    await sql`create trigger ${sql.ref(ofStore)} before insert on ${sql.table(table)}
      for each row when (new.chunk is null) execute function ${sql.ref(ofStore)}()`.execute(db)
  },
  // Each row would be looked up by a query of its own.
  referencesKept: (column) => column,
}
