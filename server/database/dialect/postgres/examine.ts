import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { CHANNEL } from './column-types.ts'
import { listenOnPostgres, LISTENS_AS } from './listen.ts'
import { KEEP_ALIVE_SECONDS } from './open.ts'
import type { Db, Examination } from '../dialect.ts'

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
  const servers = await listeningServers(db)
  problems.push(...(await sharingProblems(db, databaseUrl)))
  return {
    ...(servers === undefined ? {} : { servers }),
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

const HEARD_WITHIN_MS = 2000
const directly = 'let the URL lead to the server itself, or to a proxy that deals out connections by session'

/** What keeps several servers from sharing the work: a proxy between them and the database, as a rule. */
async function sharingProblems(db: Db, databaseUrl: string): Promise<Examination['problems'][number][]> {
  const { rows } = await sql<{ jit: string; idle: string; is_local: boolean }>`
    select current_setting('jit') as jit, current_setting('tcp_keepalives_idle') as idle,
      inet_client_addr() is null as is_local`.execute(db)
  const [{ jit, idle, is_local }] = rows as [(typeof rows)[number]]
  const problems: Examination['problems'][number][] = []
  if (jit !== 'off' || (!is_local && Number(idle) !== KEEP_ALIVE_SECONDS)) {
    const what =
      'settings of our connections do not arrive: what a server that is cut off has locked stays locked for long'
    problems.push({ what, remedy: directly })
  }
  if (!(await hearsNews(db, databaseUrl))) {
    const what = 'news does not arrive: what one server does others hear late'
    problems.push({ what, remedy: directly })
  }
  return problems
}

async function hearsNews(db: Db, databaseUrl: string): Promise<boolean> {
  const news = `doctor ${randomUUID()}`
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const tooLate = setTimeout(() => resolve(false), HEARD_WITHIN_MS)
  await using _ = listenOnPostgres(databaseUrl, {
    heard: (text) => text === news && resolve(true),
    missed: () => void sql`select pg_notify(${CHANNEL}, ${news})`.execute(db).catch(() => resolve(false)),
  })
  const isHeard = await promise
  clearTimeout(tooLate)
  return isHeard
}

async function listeningServers(db: Db): Promise<string | undefined> {
  const { rows } = await sql<{ servers: number; places: string | null }>`
    select count(*)::int as servers, string_agg(distinct coalesce(host(client_addr), 'this machine'), ', ') as places
    from pg_stat_activity where application_name = ${LISTENS_AS} and datname = current_database()`.execute(db)
  const [{ servers, places }] = rows as [(typeof rows)[number]]
  return servers === 0 ? undefined : `${servers} at work on it: ${places}`
}
