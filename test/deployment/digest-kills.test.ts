/** Who makes digests is killed at random moments. */
import { expect, test } from 'vitest'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { skipDigest } from '../../server/database/digests.ts'
import { storeId } from '../../shared/ids.ts'
import { createRandom } from '../bench/random.ts'
import { receiver, secret, verified } from '../support/alert-scene.ts'
import { addTo } from '../support/random-changes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'
import { startedProgram, writeServerProgram } from './server-program.ts'

/** `KILLS=100 npx vitest run test/deployment/digest-kills.test.ts` is a longer form. */
const KILLS = Number(process.env['KILLS'] ?? 2)
const DIGESTS_A_KILL = 6
const HOUR_MS = 3_600_000

const namesOf = (kill: number) => Array.from({ length: DIGESTS_A_KILL }, (_, i) => `of-${kill}-${i}`)
const allNames = Array.from({ length: KILLS }, (_, kill) => namesOf(kill)).flat()

/** Has those of a round be due, as if they had been known for long. */
async function makeDue(db: Db, names: readonly string[]): Promise<void> {
  await db.deleteFrom('digest').where('name', 'in', names).execute()
  for (const name of names) await skipDigest(db, { name, period: '2020-01-01' }, 0)
}

/** How many of them somebody has begun, and has recorded. */
async function progress(db: Db, names: readonly string[]): Promise<{ begun: number; recorded: number }> {
  const rows = await db
    .selectFrom('digest')
    .select('state')
    .where('name', 'in', names)
    .where('state', '<>', 'skipped')
    .execute()
  return { begun: rows.length, recorded: rows.filter(({ state }) => state === 'recorded').length }
}

test(
  'of each day each owner is told once, whichever of two servers is killed while they make it',
  { timeout: 60_000 + KILLS * 60_000 },
  async () => {
    await using database = await testDatabase()
    await using folder = await temporaryFolder()
    await using someone = await receiver()
    await using db = await connect(database.url)
    const polls = Array.from({ length: 60 }, (_, hour) => ({
      storeId: storeId.parse('a'),
      atMs: Math.floor(Date.now() / HOUR_MS - hour) * HOUR_MS,
      isUp: hour % 5 !== 0,
    }))
    await addTo(db, polls)
    // Far from when the next ones are due, and after what a late feed is waited for.
    const at = `${String(new Date(Date.now() - 12 * HOUR_MS).getUTCHours()).padStart(2, '0')}:00`
    const alerts = alertsSetting.parse({
      channels: [{ name: 'ops', type: 'webhook', url: someone.url, secret, allowPrivate: true }],
      digests: allNames.map((name) => ({ name, channel: 'ops', at })),
    })
    const program = folder.file('server.mjs')
    await writeServerProgram(program, { databaseUrl: database.url }, { alerts })
    const random = createRandom(11)
    for (let kill = 0; kill < KILLS; kill++) {
      const names = namesOf(kill)
      await makeDue(db, names)
      await using running = new AsyncDisposableStack()
      const start = async () => running.use(await startedProgram(program))
      const servers = await Promise.all([start(), start()])
      const enough = 1 + Math.floor(random() * DIGESTS_A_KILL)
      await expect
        .poll(async () => (await progress(db, names)).begun, { timeout: 30_000, interval: 1 })
        .toBeGreaterThanOrEqual(enough)
      for (let turns = random() * 2000; turns > 0; turns--) await new Promise(setImmediate)
      await servers[Math.floor(random() * 2)]![Symbol.asyncDispose]()
      // As if that had been a while ago.
      await db.updateTable('digest').set({ claimed_until: 0 }).where('claimed_until', '>', 0).execute()
      await start()
      await expect
        .poll(async () => (await progress(db, names)).recorded, { timeout: 60_000 })
        .toBe(DIGESTS_A_KILL)
    }
    await using _ = await startedProgram(program)
    const waiting = db.selectFrom('outbox').select('outbox_key').where('state', '<>', 'delivered')
    await expect.poll(() => waiting.execute(), { timeout: 60_000 }).toEqual([])

    const told = await db.selectFrom('alert_event').select('incident').where('kind', '=', 'digest').execute()
    const nameOf = (incident: string) => /^digest-(.*)-\d{4}-\d\d-\d\d$/.exec(incident)?.[1] ?? incident
    expect(told.map(({ incident }) => nameOf(incident)).toSorted()).toEqual(allNames.toSorted())
    const byId = new Map(
      someone.received.map((one) => {
        const { data } = verified(one) as { data: { digest: string } }
        return [one.request.headers['webhook-id'], data.digest]
      }),
    )
    expect([...byId.values()].toSorted()).toEqual(allNames.toSorted())
    const reports = await db
      .selectFrom('report')
      .select(['report_id', 'state'])
      .orderBy('report_id')
      .execute()
    const recorded = await db
      .selectFrom('digest')
      .select('report_id')
      .where('state', '=', 'recorded')
      .execute()
    expect(reports).toEqual(
      recorded
        .map(({ report_id }) => ({ report_id, state: 'complete' }))
        .toSorted((one, other) => (one.report_id! < other.report_id! ? -1 : 1)),
    )
  },
)
