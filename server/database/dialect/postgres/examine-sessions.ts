/** What keeps several servers from sharing the work on a database. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import pg from 'pg'
import type { Db, Examination } from '../dialect.ts'
import { CHANNEL } from './column-types.ts'
import { listenOnPostgres } from './listen.ts'
import { connectionTo, IDLE_IN_TRANSACTION_MS, keepAliveSettings, sessionOptions } from './open.ts'
import { readServers } from './servers.ts'

type Problem = Examination['problems'][number]

const HEARD_WITHIN_MS = 2000
const CONNECT_WITHIN_MS = 5000
const directly = 'let the URL lead to the server itself, or to a proxy that deals out connections by session'
const inUrl = 'take it out of options in the URL of the database'
/** Some more than a server with two threads for reports keeps. */
const CONNECTIONS_OF_A_SERVER = 24
/** Polls that are pushed without a time are dated by the server's clock, and sources are due by it. */
const MOST_CLOCK_DIFFERENCE_SECONDS = 2
/** An import of a large file has statements that take minutes. */
const LEAST_STATEMENT_TIMEOUT_MS = 600_000

export async function sharingProblems(db: Db, databaseUrl: string): Promise<Problem[]> {
  const problems = [
    ...(await sessionProblems(databaseUrl)),
    ...(await connectionProblems(db)),
    ...(await serverProblems(db)),
  ]
  if (!(await hearsNews(db, databaseUrl))) {
    const what = 'news does not arrive: what one server does others hear late'
    problems.push({ what, remedy: directly })
  }
  return problems
}

type SessionSettings = Readonly<Record<string, string | undefined>>

/** Those of a connection on which a server writes what it is asked to. */
async function sessionSettings(databaseUrl: string): Promise<SessionSettings> {
  const access = { readOnly: false, durable: true, patienceMs: CONNECT_WITHIN_MS }
  const { place: _, ...connection } = connectionTo(databaseUrl, sessionOptions(access))
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: CONNECT_WITHIN_MS })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(`
      select name, setting from pg_settings
      union all select 'is_standby', pg_is_in_recovery()::text
      union all select 'is_local', (inet_client_addr() is null)::text`)
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
  } finally {
    await client.end()
  }
}

async function sessionProblems(databaseUrl: string): Promise<Problem[]> {
  const is = await sessionSettings(databaseUrl).catch((error: unknown) => {
    if (!isFull(error)) throw error
  })
  if (is === undefined) return [] // which is told of connections
  const arrived = is['jit'] === 'off'
  const keepAlive =
    is['is_local'] === 'true' ||
    Object.entries(keepAliveSettings).every(([name, value]) => is[name] === String(value))
  const idleMs = Number(is['idle_in_transaction_session_timeout'])
  const statementMs = Number(is['statement_timeout'])
  const told = (isWrong: boolean, what: string, remedy: string) => (isWrong ? [{ what, remedy }] : [])
  return [
    ...told(
      !arrived || !keepAlive,
      'settings of our connections do not arrive: what a server that is cut off has locked stays locked for long',
      arrived ? `take tcp_keepalives_… out of options in the URL of the database, or ${directly}` : directly,
    ),
    ...told(
      arrived && (idleMs === 0 || idleMs > IDLE_IN_TRANSACTION_MS),
      `idle_in_transaction_session_timeout is ${idleMs} ms, and should be ${IDLE_IN_TRANSACTION_MS}: what a server that is frozen has locked stays locked for long`,
      inUrl,
    ),
    ...told(
      is['default_transaction_isolation'] !== 'read committed',
      `default_transaction_isolation is ${is['default_transaction_isolation']}: servers that write at once fail`,
      inUrl,
    ),
    ...told(
      is['synchronous_commit'] === 'off',
      'synchronous_commit is off: what was acknowledged may be lost where the machine of the database crashes',
      'set it to on in postgresql.conf, for the database and for its user; reports turn it off for themselves',
    ),
    ...told(
      statementMs > 0 && statementMs < LEAST_STATEMENT_TIMEOUT_MS,
      `statement_timeout is ${statementMs} ms: imports of large files, and deletions, do not come to their end`,
      'set it to 0 for the user of the database: alter role … set statement_timeout = 0',
    ),
    ...told(
      is['is_standby'] === 'true',
      'it is a standby, which takes nothing that is written',
      'let the URL lead to the primary',
    ),
  ]
}

/** Whether there is no room for a further connection. */
function isFull(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '53300'
}

async function connectionProblems(db: Db): Promise<Problem[]> {
  const { rows } = await sql<{ most: number; used: number }>`
    with session as (select datname, usename from pg_stat_activity where backend_type = 'client backend')
    select used::int, most from (values
      ((select count(*) from session),
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true)::int, 0)),
      ((select count(*) from session where datname = current_database()),
        (select nullif(datconnlimit, -1) from pg_database where datname = current_database())),
      ((select count(*) from session where usename = current_user),
        (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user))
    ) as room (used, most) where most is not null order by most - used limit 1`.execute(db)
  const [{ most, used }] = rows as [(typeof rows)[number]]
  if (most - used >= CONNECTIONS_OF_A_SERVER) return []
  return [
    {
      what: `${used} of ${most} connections are in use: there is no room for a further server`,
      remedy:
        'raise max_connections (docs/operations.md has how many a server keeps), or give servers fewer --workers',
    },
  ]
}

async function serverProblems(db: Db): Promise<Problem[]> {
  const { versions, mostAheadSeconds: ahead } = await readServers(db)
  const problems: Problem[] = []
  if (versions.length > 1) {
    const what = `servers of several versions are at work: ${versions.join(', ')}; a report is computed by those of one`
    problems.push({ what, remedy: 'replace those that are older, one after the other' })
  }
  if (Math.abs(ahead) > MOST_CLOCK_DIFFERENCE_SECONDS) {
    const how = ahead > 0 ? 'ahead of' : 'behind'
    const what = `the clock of a server is ${Math.abs(ahead)} s ${how} that of the database`
    problems.push({ what, remedy: 'set the clocks of all machines by NTP' })
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
