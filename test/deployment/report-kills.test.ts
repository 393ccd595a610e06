/** Servers that share reports are killed, and their sessions cut, at random moments. */
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../bench/random.ts'
import { databaseType, filledDatabase } from '../support/test-database.ts'
import { completedCsv, serving, triggerReport, type ServingProcess } from './serving.ts'

/** `KILLS=1000 npx vitest run test/deployment/report-kills.test.ts --project postgres` is the long form. */
const kills = Number(process.env['KILLS'] ?? 2)
const seed = Number(process.env['KILL_SEED'] ?? 1)
/** Sessions that are cut for each server that is killed, which takes longer, as another has to start. */
const CUTS = 8

describe.runIf(databaseType === 'postgres')(
  'reports on several servers that are killed at random moments',
  () => {
    test(
      'are complete, with the bytes that they have on one',
      { timeout: 60_000 + kills * 40_000 },
      async () => {
        await using database = await filledDatabase(3000)
        const random = createRandom(seed)
        const below = (n: number) => Math.floor(random() * n)
        const running: ServingProcess[] = [await serving(database.url)]
        await using parts = new AsyncDisposableStack()
        parts.defer(async () => {
          for (const server of running) await server[Symbol.asyncDispose]()
        })
        const client = new pg.Client({ connectionString: database.url })
        await client.connect()
        parts.defer(() => client.end())
        const expected = await completedCsv(running[0]!.url, await triggerReport(running[0]!.url))

        for (let kill = 0; kill < kills; kill++) {
          running.push(await serving(database.url))
          const reports: string[] = []
          for (let cut = 0; cut < CUTS; cut++) {
            const triggered = await triggeredReport(running[below(2)]!.url)
            if (triggered !== undefined) reports.push(triggered)
            for (let turns = random() * 300; turns > 0; turns--) await new Promise(setImmediate)
            await client.query(
              `select pg_terminate_backend(pid) from pg_stat_activity
             where application_name like 'store-monitor%' and datname = current_database()
             order by md5(pid::text || $1) limit 1`,
              [cut],
            )
          }
          const [killed] = running.splice(below(2), 1)
          killed!.kill('SIGKILL')
          expect(reports.length).toBeGreaterThan(0)
          for (const reportId of reports) expect(await completedCsv(running[0]!.url, reportId)).toBe(expected)
        }
        // Those that were cut before they were answered are made, too.
        const unfinished = "select 1 from report where state in ('queued', 'running')"
        await expect.poll(async () => (await client.query(unfinished)).rowCount).toBe(0)
        const { rows } = await client.query(
          `select state, count(*)::int, bool_and(stores_done = stores_total and stores_total = 3000) as whole
         from report group by state`,
        )
        expect(rows).toEqual([{ state: 'complete', count: expect.any(Number) as number, whole: true }])
      },
    )
  },
)

/** Undefined where it was cut before it was taken: then nobody was told that there is one. */
async function triggeredReport(url: string): Promise<string | undefined> {
  const response = await fetch(`${url}/trigger_report`, { method: 'POST' })
  const answer = (await response.json()) as { report_id?: string }
  expect([200, 503]).toContain(response.status)
  return answer.report_id
}
