import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** What a part of a report has without corrections, of the stores where that differs. */
export function figuresWithoutCorrections(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('report_part').addColumn('uncorrected', types.bytes).execute()
      await db.schema.alterTable('report_part').addColumn('uncorrected_crc32', 'bigint').execute()
      await types.finishTable(db, 'report_part', { uncompressed: ['uncorrected'] })
    },
  }
}
