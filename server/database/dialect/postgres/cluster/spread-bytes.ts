import { sql } from 'kysely'
import type { Db } from '../../dialect.ts'
import { tablesToSpread } from './layout.ts'
import { COMMITS } from './whole.ts'

/** What polls take on all machines together; 0 where they are not spread. */
export async function spreadBytes(db: Db): Promise<number> {
  const { rows: found } = await sql<{ is: boolean }>`
    select to_regclass(${COMMITS}) is not null as is`.execute(db)
  if (!found[0]!.is) return 0
  const sizes = tablesToSpread.map((table) => sql`citus_total_relation_size(${table}::regclass)`)
  const { rows } = await sql<{
    bytes: number
  }>`select (${sql.join(sizes, sql` + `)})::bigint as bytes`.execute(db)
  return rows[0]!.bytes
}
