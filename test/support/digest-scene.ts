import { writeFile } from 'node:fs/promises'
import type * as z from 'zod'
import { fileOfReport } from '../../server/loaded-later.ts'
import type { Alerts } from '../../server/alerts/alerts.ts'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { connect } from '../../server/database/connect.ts'
import { getReport } from '../../server/database/reports.ts'
import { createDigests, type Digests, type DigestsParts } from '../../server/digests/digests.ts'
import { importPaths } from '../../server/ingest/importing/import-here.ts'
import { createReportRunner, type ReportRunner } from '../../server/reports/runner.ts'
import { reportId } from '../../shared/ids.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { alertScene, type AlertScene } from './alert-scene.ts'
import { temporaryFolder } from './temporary-folder.ts'

const HOUR_MS = 3_600_000

/** What a server tells by itself, on the scene's database. */
export interface DigestServer {
  readonly digests: Digests
  readonly alerts: Alerts
}

export interface DigestScene extends AsyncDisposable {
  readonly alerts: AlertScene
  readonly runner: ReportRunner
  readonly errors: readonly unknown[]
  /** One of several on the database. */
  server(given: z.input<typeof alertsSetting>, parts?: Partial<DigestsParts>): Promise<DigestServer>
  reportCsv(id: string): Promise<Buffer>
  import(name: string, text: string): Promise<void>
  /** Hourly polls of soup-1, soup-2 and rice-1, of which soup-1 is down from 12:00 to 17:59 on Sundays, in UTC. */
  polls(from: string, to: string): Promise<void>
  /** As if that had been long ago. */
  letClaimsRunOut(): Promise<void>
}

export async function digestScene(): Promise<DigestScene> {
  await using parts = new AsyncDisposableStack()
  const scene = parts.use(await alertScene())
  const folder = parts.use(await temporaryFolder())
  const { database, db } = scene
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const reading = parts.use(await connect(database.url, { readOnly: true }))
  const runner = parts.use(
    createReportRunner({
      reading,
      writing: db,
      databaseUrl: database.url,
      workers: 1,
      startThreads: 'on demand',
      computedWith: { programVersion: '1.0.0', zoneDataVersion: '2026b' },
      now: () => scene.nowMs,
      onError,
    }),
  )
  const csv = { format: 'csv', columns: 'default' } as const
  const reportCsv = async (id: string) =>
    fileOfReport(reading, await getReport(reading, reportId.parse(id)), csv)
  const owned = parts.move()

  async function write(name: string, text: string): Promise<void> {
    const path = folder.file(name)
    await writeFile(path, text)
    await importPaths(() => Promise.resolve(db), [path], { now: () => scene.nowMs })
  }

  return {
    alerts: scene,
    runner,
    errors,
    async server(given, others = {}) {
      const { digests: settings } = alertsSetting.parse(given)
      const digests = createDigests({
        settings,
        reading,
        writing: db,
        reports: runner,
        reportCsv,
        publicUrl: 'https://monitor.example.org',
        now: () => scene.nowMs,
        onError,
        ...others,
      })
      return { digests: owned.use(digests), alerts: await scene.alerting(given, { reportCsv }) }
    },
    async reportCsv(id) {
      return Buffer.concat(await Array.fromAsync((await reportCsv(id)).bytes()))
    },
    import: write,
    async polls(from, to) {
      const rows: string[] = []
      for (let at = Date.parse(from); at <= Date.parse(to); at += HOUR_MS) {
        const day = new Date(at)
        const isDown = day.getUTCDay() === 0 && day.getUTCHours() >= 12 && day.getUTCHours() < 18
        for (const store of ['rice-1', 'soup-1', 'soup-2']) {
          const status = isDown && store === 'soup-1' ? 'inactive' : 'active'
          rows.push(`${store},${status},${formatTimestamp(at)}`)
        }
      }
      await write('polls.csv', `store_id,status,timestamp_utc\n${rows.join('\n')}\n`)
      await write('stores.csv', 'store_id,name,chain\nrice-1,One,Rice\nsoup-1,Two,Soup\nsoup-2,Three,Soup\n')
      await write('zones.csv', 'store_id,timezone_str\nrice-1,UTC\nsoup-1,UTC\nsoup-2,UTC\n')
    },
    async letClaimsRunOut() {
      await db
        .updateTable('digest')
        .set({ claimed_until: 0 })
        .where('claimed_until', 'is not', null)
        .execute()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
