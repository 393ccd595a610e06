import { sql } from 'kysely'
import type { Db, Self } from '../dialect.ts'

/** What the connection is called in `pg_stat_activity` on which a server hears news; its version and its clock follow. */
const LISTENS_AS = 'store-monitor news'
/** PostgreSQL cuts names after 63 bytes. */
const MOST_OF_VERSION = 24

/** By how many seconds its clock is ahead of the database's is told with it, where that is known. */
export function listensAs(self: Pick<Self, 'version'> | undefined, aheadSeconds?: number): string {
  if (self === undefined) return 'store-monitor'
  const clock = aheadSeconds === undefined ? '' : ` clock ${aheadSeconds}`
  return `${LISTENS_AS} ${self.version.slice(0, MOST_OF_VERSION)}${clock}`
}

interface ServersThere {
  readonly count: number
  /** The addresses of their machines, each once. */
  readonly places: readonly string[]
  /** Each once. */
  readonly versions: readonly string[]
  /** By how many seconds whose clock differs most from the database's is ahead of it. */
  readonly mostAheadSeconds: number
}

/** The servers that work on a database. */
export async function readServers(db: Db): Promise<ServersThere> {
  const { rows } = await sql<{ name: string; place: string }>`
    select application_name as name, coalesce(host(client_addr), 'this machine') as place
    from pg_stat_activity
    where application_name like ${`${LISTENS_AS}%`} and datname = current_database()`.execute(db)
  const told = rows.map(({ name }) => name.slice(LISTENS_AS.length).trim().split(' '))
  const ahead = told.map(([, , seconds = '0']) => Number(seconds))
  return {
    count: rows.length,
    places: distinct(rows.map(({ place }) => place)),
    versions: distinct(told.map(([version = '']) => version)),
    mostAheadSeconds: ahead.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0] ?? 0,
  }
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '').toSorted()
}
