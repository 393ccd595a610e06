import { sql } from 'kysely'
import type { Db } from '../../server/database/connect.ts'
import { databaseType } from './test-database.ts'

/** Makes the database refuse each new row of a table, with a message. */
export async function refuseRows(db: Db, table: string, message: string): Promise<void> {
  const statements =
    databaseType === 'sqlite'
      ? [`create trigger refuse before insert on ${table} begin select raise(abort, '${message}'); end`]
      : [
          `create function refuse() returns trigger language plpgsql as $$ begin raise exception '${message}'; end $$`,
          `create trigger refuse before insert on ${table} execute function refuse()`,
        ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
