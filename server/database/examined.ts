import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'

/** What the database's own clock says. */
export async function readClock(db: Db): Promise<number> {
  const { rows } = await sql<{ now: number }>`select ${dialectOf(db).clock} as now`.execute(db)
  return Number(rows[0]!.now)
}

/** With which zone database the last report was computed; undefined where none was, or that is not known. */
export async function lastZoneDataVersion(db: Db): Promise<string | undefined> {
  const last = await db
    .selectFrom('report')
    .select('zone_data_version')
    .where('state', '=', 'complete')
    .orderBy('report_key', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.zone_data_version ?? undefined
}
