import { sql, type Kysely } from 'kysely'

/** How many polls there are, and how much of them is in the tail, so that nobody has to count. */
export const totals = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('total')
      .addColumn('polls', 'bigint', (column) => column.notNull())
      .addColumn('tail_rows', 'bigint', (column) => column.notNull())
      .addColumn('tail_polls', 'bigint', (column) => column.notNull())
      .execute()
    await sql`
      insert into total (polls, tail_rows, tail_polls)
      select
        (select coalesce(sum(poll_count), 0) from poll_week_summary),
        (select count(*) from poll_tail),
        (select coalesce(sum(poll_count), 0) from poll_tail)`.execute(db)
  },
}
