import { CompiledQuery, sql } from 'kysely'
import type { Db } from '../dialect.ts'

/** Where another process makes them, too, one does, and the other finds them. */
export async function makeNew(db: Db, known: readonly string[]): Promise<string[]> {
  const { migrationsOfNewDatabase, newDatabase } = await import('./new-database.ts')
  if (!migrationsOfNewDatabase.every((name) => known.includes(name))) return []
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql`select 1 from sqlite_schema limit 1`.execute(tx)
    if (rows.length > 0) return []
    for (const statement of newDatabase) await tx.executeQuery(CompiledQuery.raw(statement))
    for (const name of migrationsOfNewDatabase) {
      await sql`insert into kysely_migration (name, timestamp)
        values (${name}, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`.execute(tx)
    }
    return [...migrationsOfNewDatabase]
  })
}
