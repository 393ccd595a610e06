import { expect, test } from 'vitest'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { applyAlertRules } from '../../server/database/alert-rules.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { outboxWithEvents } from '../../server/database/outbox-events.ts'
import { readWatched } from '../../server/database/incident-watch.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { alertRules } from '../../shared/alert-rules.ts'
import { createRandom } from '../bench/random.ts'
import { receiver, secret, verified } from '../support/alert-scene.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'
import { startedProgram, writeServerProgram, type KilledServer } from './server-program.ts'

/** `KILLS=100 npx vitest run test/deployment/alert-kills.test.ts` is a longer form. */
const KILLS = Number(process.env['KILLS'] ?? 2)
const ROUNDS_A_KILL = 3
const stores = ['a', 'b', 'c', 'd', 'e']
const firstMs = Date.parse('2026-10-05T00:00:00Z')
const STEP_MS = 31 * 60_000

/** Until it is taken, by whichever server is there. */
async function push(servers: readonly KilledServer[], step: number, status: string): Promise<void> {
  const at = new Date(firstMs + step * STEP_MS).toISOString()
  const body = JSON.stringify(stores.map((store) => ({ store_id: store, status, timestamp_utc: at })))
  for (let i = 0; ; i++) {
    const { url } = servers[i % servers.length]!
    const response = await fetch(`${url}/polls`, { method: 'POST', body }).catch(() => undefined)
    await response?.text().catch(() => undefined)
    if (response?.ok === true) return
  }
}

/** What was to be sent: not what was found long after, as data time went on while nobody looked. */
async function eventsToSend(db: Db): Promise<string[]> {
  const rows = await outboxWithEvents(db).execute()
  return rows.map(({ incident, sequence, kind }) => `${incident} ${sequence} incident.${kind}`)
}

test(
  'two servers of which one is killed again and again tell each incident, in its order, and by one id',
  { timeout: 90_000 + KILLS * 30_000 },
  async () => {
    await using database = await testDatabase()
    await using folder = await temporaryFolder()
    await using someone = await receiver()
    await using db = await connect(database.url)
    const program = folder.file('server.mjs')
    const alerts = alertsSetting.parse({
      channels: [{ name: 'ops', type: 'webhook', url: someone.url, secret, allowPrivate: true }],
    })
    // Else they would be unstable.
    const rules = alertRules.parse({ rules: [{ condition: 'down' }] })
    await writeAlone(db, 'data', (tx) => applyAlertRules(tx, rules, { by: null, reason: null, at: 0 }))
    await writeServerProgram(program, { databaseUrl: database.url }, { alerts })
    await using running = new AsyncDisposableStack()
    const start = async () => running.use(await startedProgram(program))
    const servers = [await start(), await start()]
    const random = createRandom(7)
    let step = 0
    await push(servers, step++, 'active')
    await expect.poll(async () => (await readWatched(db)).dataTimeMs, { timeout: 30_000 }).toBeDefined()
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = Math.floor(random() * 2)
      const killedAt = Math.floor(random() * ROUNDS_A_KILL * 3)
      for (let i = 0; i < ROUNDS_A_KILL * 3; i++) {
        if (i === killedAt) servers[victim]!.kill('SIGKILL')
        await push(servers, step++, i % 3 === 2 ? 'active' : 'inactive')
        await new Promise((resolve) => setTimeout(resolve, random() * 300))
      }
      servers[victim] = await start()
    }
    const told = async () => {
      const rows = await db.selectFrom('incident').select(['store_key', 'told']).execute()
      const waiting = await db
        .selectFrom('outbox')
        .select('outbox_key')
        .where('state', '=', 'waiting')
        .execute()
      return {
        over: rows.filter((row) => row.told === 'over').length,
        all: rows.length,
        waiting: waiting.length,
      }
    }
    const incidents = stores.length * ROUNDS_A_KILL * KILLS
    await expect
      .poll(told, { timeout: 60_000, interval: 200 })
      .toEqual({ over: incidents, all: incidents, waiting: 0 })
    const received = new Map<string, string>()
    for (const one of someone.received) {
      const { type, data } = verified(one) as { type: string; data: { incident: string; sequence: number } }
      const id = one.request.headers['webhook-id'] as string
      const event = `${data.incident} ${data.sequence} ${type}`
      expect(received.get(id) ?? event).toBe(event)
      received.set(id, event)
    }
    const events = [...received.values()]
    expect(events.toSorted()).toEqual((await eventsToSend(db)).toSorted())
    for (const ofOne of Map.groupBy(events, (event) => event.split(' ')[0]).values()) {
      expect(ofOne).toEqual(ofOne.toSorted())
    }
  },
)
