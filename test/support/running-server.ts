import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AlertsSetting } from '../../server/config-file/alerts-setting.ts'
import type { OidcSetting } from '../../server/config-file/oidc-setting.ts'
import type { PollerSetting } from '../../server/config-file/poller-setting.ts'
import type { Environment } from '../../server/config-file/secrets.ts'
import type { SourceSetting } from '../../server/config-file/source-setting.ts'
import type { ImportRecord } from '../../shared/import.ts'
import { furtherInputFiles, inputFiles } from './cases.ts'
import type { Happened } from '../../server/observe/happened.ts'
import { usualLimits, type Limits } from '../../server/limits/setting.ts'
import { startServer } from '../../server/serve.ts'
import { testDatabase } from './test-database.ts'

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly databaseUrl: string
  /** Errors that the server said were its own fault. */
  readonly errors: readonly unknown[]
  /** What happened on it, as its log would tell. */
  readonly happened: readonly Happened[]
  /** What it told without being asked. */
  readonly told: readonly string[]
  upload(csv: string | Uint8Array, source?: string): Promise<ImportRecord>
  uploadFile(path: string): Promise<ImportRecord>
  /** Uploads the files of a worked case; some of them have nothing that can be taken. */
  uploadCase(folder: string): Promise<void>
}

export interface RunningServerSetting {
  host?: string
  insecure?: boolean
  databaseUrl?: string
  workers?: number
  publicUrl?: string
  allowedOrigins?: readonly string[]
  trustedProxies?: readonly string[]
  limits?: Partial<Limits>
  patienceMs?: number
  getReportAs?: 'json' | 'csv'
  sources?: readonly SourceSetting[]
  watch?: readonly string[]
  watchMove?: boolean
  watchTimes?: { everyMs: number; settleMs: number }
  pollers?: readonly PollerSetting[]
  oidc?: OidcSetting
  alerts?: AlertsSetting
  environment?: Environment
  sessionLifetime?: number
  keepReports?: number
  keepRejectedRows?: number
  keepPolls?: number
  retainEveryMs?: number
  traces?: string
}

/** The real server on a free port, with a database of its own. */
export async function runningServer({
  patienceMs,
  sources,
  watchTimes,
  pollers,
  retainEveryMs,
  oidc,
  alerts,
  environment,
  ...setting
}: RunningServerSetting = {}): Promise<TestServer> {
  await using parts = new AsyncDisposableStack()
  const databaseUrl = setting.databaseUrl ?? parts.use(await testDatabase()).url
  const errors: unknown[] = []
  const happened: Happened[] = []
  const told: string[] = []
  const server = parts.use(
    await startServer(
      {
        host: '127.0.0.1',
        port: 0,
        workers: 1,
        getReportAs: 'json',
        watch: [],
        watchMove: false,
        insecure: false,
        ...setting,
        databaseUrl,
        limits: { ...usualLimits, ...setting.limits },
      },
      {
        version: '0.0.0-test',
        now: Date.now,
        onError: (error) => errors.push(error),
        observe: (one) => happened.push(one),
        onNotice: (text) => told.push(text),
        ...(watchTimes === undefined ? {} : { watchTimes }),
        ...(patienceMs === undefined ? {} : { patienceMs }),
        ...(sources === undefined ? {} : { sources }),
        ...(pollers === undefined ? {} : { pollers }),
        ...(oidc === undefined ? {} : { oidc }),
        ...(alerts === undefined ? {} : { alerts }),
        ...(environment === undefined ? {} : { environment }),
        ...(retainEveryMs === undefined ? {} : { retainEveryMs }),
      },
    ),
  )
  const owned = parts.move()

  function send(csv: string | Uint8Array, source: string): Promise<Response> {
    return fetch(`${server.url}/imports?source=${source}`, {
      method: 'POST',
      body: csv as string,
      headers: { 'content-type': 'text/csv' },
    })
  }

  async function upload(csv: string | Uint8Array, source = 'upload.csv'): Promise<ImportRecord> {
    const response = await send(csv, source)
    if (!response.ok) throw new Error(`upload of ${source}: ${response.status} ${await response.text()}`)
    return (await response.json()) as ImportRecord
  }

  return {
    url: server.url,
    databaseUrl,
    errors,
    happened,
    told,
    upload,
    uploadFile: async (path) => upload(await readFile(path), path.slice(path.lastIndexOf('/') + 1)),
    async uploadCase(caseFolder) {
      const names = await readdir(caseFolder)
      for (const name of [...furtherInputFiles, ...inputFiles].filter((name) => names.includes(name))) {
        const response = await send(await readFile(join(caseFolder, name)), name)
        const answer = await response.text()
        const hasNothing = / was not imported: (?:there are no rows|none of )/.test(answer)
        if (!response.ok && !hasNothing) throw new Error(`upload of ${name}: ${answer}`)
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Asks for a report over REST and waits until it has ended; its last state. */
export async function finishedReport(url: string, options: object = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/trigger_report`, { method: 'POST', body: JSON.stringify(options) })
  const { report_id: reportId } = (await response.json()) as { report_id: string }
  for (;;) {
    const report = (await (await fetch(`${url}/get_report/${reportId}`)).json()) as Record<string, unknown>
    if (report['status'] !== 'Running') return report
  }
}
