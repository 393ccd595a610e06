import pg from 'pg'
import { AppError } from '../../../../shared/app-error.ts'
import type { Access, Dialect } from '../dialect.ts'
import { SharedPostgresDialect } from './driver.ts'
import { createSilenceWatch } from './silence.ts'

const CONNECT_WITHIN_MS = 10_000
/** A thread of ours has few questions at once; the thread that answers requests has more. */
const MOST_CONNECTIONS = 8

/** Opens no connection yet. Throws an AppError where the URL is not one. */
export async function openPostgres(
  databaseUrl: string,
  access: Access,
  dialect: Dialect,
): Promise<SharedPostgresDialect> {
  const { place, ...connection } = connectionTo(databaseUrl, sessionOptions(access))
  const pool = new pg.Pool({
    ...connection,
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    application_name: 'store-monitor',
    types: types(),
  })
  // Whoever uses a connection that is lost has the error; one that nobody uses is replaced.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const silence = createSilenceWatch(connection)
  return new SharedPostgresDialect({ pool, place, dialect, silence, onlyReads: access.readOnly })
}

/** How the driver is to connect, with options of the session besides those that the URL has, and what errors call it. */
export function connectionTo(databaseUrl: string, options: readonly string[]) {
  const url = URL.parse(databaseUrl)
  if (url === null) throw noUrl()
  const ofUrl = url.searchParams.get('options') ?? ''
  url.searchParams.delete('options')
  return {
    place: `PostgreSQL at ${url.hostname || 'localhost'}:${url.port || 5432}${url.pathname}`,
    connectionString: url.href,
    keepAlive: true,
    options: [KEEP_ALIVE, ...options, ofUrl].join(' '),
  }
}

function noUrl(): AppError {
  return new AppError(
    'invalid',
    // Without the URL, which may have a password.
    'the database URL is not one: write postgresql://user:password@host:port/name, with %XX for characters that stand for something else in a URL',
  )
}

/**
 * What a process has locked whose machine stops, or is cut off, is free for others after this: it is idle within a transaction, or
 * does not answer for so long.
 */
export const IDLE_IN_TRANSACTION_MS = 5000
export const keepAliveSettings = {
  tcp_keepalives_idle: 2,
  tcp_keepalives_interval: 1,
  tcp_keepalives_count: 2,
} as const
const KEEP_ALIVE = Object.entries(keepAliveSettings)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ')

/** A report reads all of a store as of one moment; what is claimed and counted is as others have left it. */
export function sessionOptions({
  readOnly,
  durable,
  patienceMs,
}: Pick<Access, 'readOnly' | 'durable' | 'patienceMs'>): string[] {
  return [
    // Both take longer to begin than our statements to end.
    '-c jit=off -c max_parallel_workers_per_gather=0',
    `-c lock_timeout=${patienceMs}`,
    ...(durable ? [] : ['-c synchronous_commit=off']),
    ...(readOnly
      ? ['-c default_transaction_read_only=on', '-c default_transaction_isolation=repeatable\\ read']
      : [
          '-c default_transaction_isolation=read\\ committed',
          `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
        ]),
  ]
}

/** Counts and instants are whole numbers that JavaScript holds. */
function types(): pg.TypeOverrides {
  const overrides = new pg.TypeOverrides()
  overrides.setTypeParser(pg.types.builtins.INT8, Number)
  return overrides
}
