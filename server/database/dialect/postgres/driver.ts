import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { PostgresAdapter, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { AppError } from '../../../../shared/app-error.ts'
import type { AdapterOfDialect, Dialect } from '../dialect.ts'
import { beginWhole, isSpread } from './cluster/whole.ts'
import { CopyOut } from './copy-out.ts'
import { databaseError, isConnectionLost } from './database-error.ts'
import type { SilenceWatch } from './silence.ts'

interface SharedPostgresConfig {
  readonly pool: Pool
  /** What the database is called in messages. */
  readonly place: string
  readonly dialect: Dialect
  readonly silence: SilenceWatch
  readonly onlyReads: boolean
}

/** PostgreSQL with prepared statements, `copy` as if it were a query, and errors for a person. */
export class SharedPostgresDialect extends PostgresDialect {
  readonly #dialect: Dialect

  constructor(config: SharedPostgresConfig) {
    super({ pool: sharedPool(config) })
    this.#dialect = config.dialect
  }

  override createAdapter(): SharedPostgresAdapter {
    return new SharedPostgresAdapter(this.#dialect)
  }
}

class SharedPostgresAdapter extends PostgresAdapter implements AdapterOfDialect {
  readonly dialect: Dialect

  constructor(dialect: Dialect) {
    super()
    this.dialect = dialect
  }
}

function sharedPool({ pool, ...config }: SharedPostgresConfig): PostgresPool {
  const known = new WeakMap<PoolClient, PostgresPoolClient>()
  return {
    options: {},
    async connect() {
      try {
        const client = await pool.connect()
        const shared = known.get(client) ?? sharedClient(client, config)
        known.set(client, shared)
        return shared
      } catch (error) {
        throw databaseError(config.place, error)
      }
    },
    end: () => pool.end(),
  }
}

function sharedClient(
  client: PoolClient,
  { place, silence, onlyReads }: Omit<SharedPostgresConfig, 'pool'>,
): PostgresPoolClient {
  let isLost = false
  let readsSpread: boolean | undefined
  async function begin(): Promise<unknown> {
    readsSpread ??= onlyReads && (await isSpread(client))
    return await (readsSpread ? beginWhole(client) : client.query('begin'))
  }
  async function query(text: string, values: readonly unknown[]): Promise<unknown> {
    using _ = silence.waits(() => cut(client))
    try {
      if (text === 'begin') return await begin()
      if (text.startsWith('copy ')) return await copy(client, text, values)
      values.forEach(refuseNul)
      return await client.query({ ...nameOf(text), text, values: [...values] })
    } catch (error) {
      isLost ||= isConnectionLost(error)
      throw databaseError(place, error)
    }
  }
  return {
    query: query as PostgresPoolClient['query'],
    release: (destroy = false) => client.release(destroy || isLost),
    ...('processID' in client ? { processID: client.processID as number } : {}),
  }
}

/** Whoever waits for an answer has an error. */
function cut(client: PoolClient): void {
  const { connection } = client as unknown as { readonly connection: { readonly stream: Socket } }
  connection.stream.destroy()
}

/**
 * `copy … from stdin` takes its bytes, in pieces, as its only parameter; `copy … to stdout` takes how many are
 * expected, and returns what the server sends as `copied` of its only row.
 */
async function copy(client: PoolClient, text: string, [of]: readonly unknown[]): Promise<unknown> {
  if (text.includes(' from stdin ')) {
    await pipeline(Readable.from(of as Iterable<Uint8Array>), client.query(copyFrom(text)))
    return { command: 'COPY', rowCount: null, rows: [] }
  }
  const copied = await client.query(new CopyOut(text, of as number | undefined)).rows
  return { command: 'COPY', rowCount: null, rows: [{ copied }] }
}

const MOST_STATEMENTS = 500
const names = new Map<string, string>()

/** A statement with a name is parsed and planned once by each connection. */
function nameOf(text: string): { name?: string } {
  const known = names.get(text)
  if (known !== undefined) return { name: known }
  if (names.size >= MOST_STATEMENTS) return {}
  const name = `s${names.size}`
  names.set(text, name)
  return { name }
}

function refuseNul(value: unknown): void {
  if (typeof value !== 'string' || !value.includes('\0')) return
  throw new AppError(
    'invalid',
    `${JSON.stringify(value.slice(0, 100))} has a NUL character, which no text may have`,
  )
}
