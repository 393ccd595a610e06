import { sql, type Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/**
 * What the stores of a part are at the as_of of its report; null of reports of before, and of those by period. And the order
 * of stores by name.
 */
export function states(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('report_part').addColumn('states', types.bytes).execute()
      await db.schema.alterTable('report_part').addColumn('states_crc32', 'bigint').execute()
      await types.finishTable(db, 'report_part', { uncompressed: ['states'] })
      const name = types.inByteOrder(sql<string>`lower(name)`)
      await sql`create index store_name_index on store ((${name}), store_id) where name is not null`.execute(
        db,
      )
    },
  }
}
