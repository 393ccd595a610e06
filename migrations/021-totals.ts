import { sql, type Kysely } from 'kysely'

/** How many polls there are, and how much of them is in the tail, so that nobody has to count: in the row that pushes write anyway. */
export const totals = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const column of ['polls', 'tail_rows', 'tail_polls']) {
      await db.schema
        .alterTable('poll_batch')
        .addColumn(column, 'bigint', (definition) => definition.notNull().defaultTo(0))
        .execute()
    }
    await sql`
      update poll_batch set
        polls = (select coalesce(sum(poll_count), 0) from poll_week_summary),
        tail_rows = (select count(*) from poll_tail),
        tail_polls = (select coalesce(sum(poll_count), 0) from poll_tail)`.execute(db)
  },
}
