import { sql } from 'kysely'
import type { Db, Examination } from '../dialect.ts'
import { clusterProblems } from './cluster/status.ts'
import { sharingProblems } from './examine-sessions.ts'
import { readServers } from './servers.ts'

const OLDEST = 150_000
const names = ['server_version', 'server_encoding', 'fsync', 'full_page_writes', 'data_checksums'] as const
type Name = (typeof names)[number] | 'server_version_num'

const wanted: readonly { name: Name; is: string; otherwise: string; remedy: string }[] = [
  {
    name: 'server_encoding',
    is: 'UTF8',
    otherwise: 'names that are not in it cannot be stored',
    remedy: 'make the database with --encoding UTF8',
  },
  {
    name: 'fsync',
    is: 'on',
    otherwise: 'what was written may be lost or damaged in a power cut',
    remedy: 'set it to on in postgresql.conf',
  },
  {
    name: 'full_page_writes',
    is: 'on',
    otherwise: 'pages may be damaged in a power cut',
    remedy: 'set it to on in postgresql.conf',
  },
]

export async function examine(db: Db, databaseUrl: string): Promise<Examination> {
  const { rows } = await sql<{ name: Name; setting: string }>`
    select name, setting from pg_settings
    where name in (${sql.join([...names, 'server_version_num'])})`.execute(db)
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]))
  const version = settings.get('server_version') ?? ''
  const isOld = Number(settings.get('server_version_num')) < OLDEST
  const old = { what: `PostgreSQL ${version} is too old`, remedy: 'install PostgreSQL 15 or later' }
  const problems = wanted
    .filter(({ name, is }) => settings.get(name) !== is)
    .map(({ name, otherwise, remedy }) => ({
      what: `${name} is ${settings.get(name)}: ${otherwise}`,
      remedy,
    }))
  const { count, places, versions: ofServers } = await readServers(db)
  problems.push(...(await sharingProblems(db, databaseUrl)), ...(await clusterProblems(db)))
  return {
    ...(count === 0
      ? {}
      : { servers: `${count} at work on it: ${places.join(', ')}; of version ${ofServers.join(', ')}` }),
    version: `PostgreSQL ${version}, ${settings.get('server_encoding')}`,
    problems: isOld ? [old, ...problems] : problems,
    integrity: {
      isWhole: true,
      what:
        settings.get('data_checksums') === 'on'
          ? 'PostgreSQL checks each page that it reads'
          : 'PostgreSQL does not check pages (data_checksums is off); rows of polls have checksums of their own',
    },
  }
}
