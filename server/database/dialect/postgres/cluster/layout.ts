import { sql } from 'kysely'
import type { Db } from '../../dialect.ts'

/** The tables whose rows are spread over machines, by this column; all others stay where the coordinator is. */
export const tablesToSpread = ['poll_tail', 'poll_week'] as const
export const SPREAD_BY = 'chunk'

/**
 * What older programs need to write to these tables, who do not know of the column, and what keeps them from being spread: to be removed
 * before that.
 */
export async function dropWhatOlderProgramsNeed(tx: Db): Promise<void> {
  await sql`drop trigger if exists poll_week_of_store on poll_week`.execute(tx)
  await sql`drop function if exists poll_week_of_store()`.execute(tx)
  await sql`drop index if exists poll_week_of_store`.execute(tx)
}

/** What keeps tables from being spread: keys without the column, references to and from others, triggers. */
export async function spreadProblems(db: Db): Promise<string[]> {
  const { rows } = await sql<{ problem: string }>`
    with spread as (
      select c.oid, c.relname, a.attnum as by
      from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attname = ${SPREAD_BY}
      where c.oid in (${sql.join(tablesToSpread.map((table) => sql`${table}::regclass`))})
    )
    select format('%s has no column %s', relname, ${SPREAD_BY}::text) as problem from spread where by is null
    union all
    select format('%s of %s is not written, but generated', attname, relname)
    from spread join pg_attribute on attrelid = spread.oid and attnum = by
    where attgenerated <> '' or attidentity <> ''
    union all
    select format('the key %s of %s does not have %s', key.relname, spread.relname, ${SPREAD_BY}::text)
    from spread join pg_index on indrelid = spread.oid join pg_class key on key.oid = indexrelid
    where indisunique and not by = any(indkey)
    union all
    select format('%s of %s refers to %s', conname, conrelid::regclass, confrelid::regclass)
    from pg_constraint
    where contype = 'f' and (conrelid in (select oid from spread) or confrelid in (select oid from spread))
    union all
    select format('the trigger %s of %s', tgname, relname)
    from spread join pg_trigger on tgrelid = spread.oid where not tgisinternal
    order by problem`.execute(db)
  return rows.map(({ problem }) => problem)
}
