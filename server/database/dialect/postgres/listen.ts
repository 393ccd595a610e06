import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Listener, Self } from '../dialect.ts'
import { CHANNEL } from './column-types.ts'
import { connectionTo } from './open.ts'
import { listensAs } from './servers.ts'

/** How long it waits before it connects anew. */
const CONNECT_AGAIN_MS = 1000
/** A connection that nothing comes from is asked whether it is alive. */
const ALIVE_EVERY_MS = 5000
const END_WITHIN_MS = 1000

/**
 * Hears what is announced, on a connection of its own, which is made anew where it is lost. It has to lead to the server itself: a pooler that
 * gives it to others after each transaction would lose what is told. Its name tells what a server says of itself.
 */
export function listenOnPostgres(
  databaseUrl: string,
  { heard, missed }: Listener,
  self?: Self,
): AsyncDisposable {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const namesTold = new WeakMap<pg.Client, string>()

  async function connect(): Promise<void> {
    const { place: _, ...connection } = connectionTo(databaseUrl, [])
    const fresh = new pg.Client({
      ...connection,
      keepAliveInitialDelayMillis: ALIVE_EVERY_MS,
      connectionTimeoutMillis: ALIVE_EVERY_MS,
      query_timeout: ALIVE_EVERY_MS,
      application_name: listensAs(self),
    })
    client = fresh
    fresh.on('notification', ({ payload = '' }) => heard(payload))
    fresh.on('error', () => lose(fresh))
    fresh.on('end', () => lose(fresh))
    try {
      await fresh.connect()
      await fresh.query(`listen ${CHANNEL}`)
      missed()
      await tellClock(fresh)
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
      await tellClock(checked)
      if (client === checked) checkLater(checked)
    } catch {
      lose(checked)
    }
  }

  /** By how much ours is ahead of the database's, so that whoever looks at all servers sees it; it is also a sign of life. */
  async function tellClock(told: pg.Client): Promise<void> {
    const asked = self?.now() ?? 0
    const { rows } = await told.query<{ there: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as there',
    )
    if (self === undefined) return
    const aheadMs = (asked + self.now()) / 2 - rows[0]!.there
    const name = listensAs(self, Math.round(aheadMs / 1000))
    if (name !== namesTold.get(told)) await told.query(`set application_name = ${pg.escapeLiteral(name)}`)
    namesTold.set(told, name)
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
