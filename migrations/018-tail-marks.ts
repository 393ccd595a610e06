import type { Kysely } from 'kysely'

/** Which batch of polls was the last one when: what is old in the tail. */
export const tailMarks = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('tail_mark')
      .addColumn('at', 'bigint', (column) => column.primaryKey())
      .addColumn('batch', 'bigint', (column) => column.notNull())
      .execute()
  },
}
