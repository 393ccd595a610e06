import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Listener } from '../dialect.ts'
import { CHANNEL } from './column-types.ts'
import { connectionTo } from './open.ts'

/** How long it waits before it connects anew. */
const CONNECT_AGAIN_MS = 1000
/** A connection that nothing comes from is asked whether it is alive. */
const ALIVE_EVERY_MS = 5000
/** What such a connection is called in `pg_stat_activity`. */
export const LISTENS_AS = 'store-monitor news'
const END_WITHIN_MS = 1000

/**
 * Hears what is announced, on a connection of its own, which is made anew where it is lost. It has to lead to the server itself: a pooler that
 * gives it to others after each transaction would lose what is told.
 */
export function listenOnPostgres(databaseUrl: string, { heard, missed }: Listener): AsyncDisposable {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function connect(): Promise<void> {
    const { place: _, ...connection } = connectionTo(databaseUrl, [])
    const fresh = new pg.Client({
      ...connection,
      keepAliveInitialDelayMillis: ALIVE_EVERY_MS,
      connectionTimeoutMillis: ALIVE_EVERY_MS,
      query_timeout: ALIVE_EVERY_MS,
      application_name: LISTENS_AS,
    })
    client = fresh
    fresh.on('notification', ({ payload = '' }) => heard(payload))
    fresh.on('error', () => lose(fresh))
    fresh.on('end', () => lose(fresh))
    try {
      await fresh.connect()
      await fresh.query(`listen ${CHANNEL}`)
      missed()
      checkLater(fresh)
    } catch {
      lose(fresh)
    }
  }

  function checkLater(checked: pg.Client): void {
    clearTimeout(timer)
    timer = setTimeout(() => void check(checked), ALIVE_EVERY_MS).unref()
  }

  async function check(checked: pg.Client): Promise<void> {
    try {
      await checked.query('select 1')
      if (client === checked) checkLater(checked)
    } catch {
      lose(checked)
    }
  }

  function lose(lost: pg.Client): void {
    if (client !== lost) return
    client = undefined
    void end(lost)
    clearTimeout(timer)
    if (!isClosed) timer = setTimeout(() => void (connecting = connect()), CONNECT_AGAIN_MS).unref()
  }

  let connecting = connect()
  return {
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearTimeout(timer)
      await connecting
      const last = client
      client = undefined
      if (last !== undefined) await end(last)
    },
  }
}

/** Without waiting long for a server that may be out of reach. */
async function end(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => {}), delay(END_WITHIN_MS, undefined, { ref: false })])
}
