import type { Hono } from 'hono'
import { createHttpApp } from './api/http-app.ts'
import type { Config } from './config.ts'
import { connect } from './database/connect.ts'
import { failUnfinishedImports } from './database/imports.ts'
import { migrateToLatest } from './database/migrate.ts'
import { createImporter, type Importer } from './ingest/importer.ts'
import { createReportRunner, type ReportRunner, type RunnerParts } from './reports/runner.ts'

export interface Service extends AsyncDisposable {
  readonly app: Hono
  readonly importer: Importer
  readonly reports: ReportRunner
  /** Takes up what a killed process left unfinished. For the one process that owns the database: a server. */
  recover(): Promise<void>
}

export interface ServiceSetting extends Pick<Config, 'databaseUrl' | 'workers' | 'publicUrl'> {
  /** Whether a database is made where there is none; by default, it is. */
  readonly mayCreateDatabase?: boolean
  /** Whether the threads that compute reports are started at once, or when there is one to compute. */
  readonly startThreads: RunnerParts['startThreads']
  readonly version: string
  readonly now: () => number
  /** Told of errors that are our fault. */
  readonly onError: (error: unknown) => void
}

/** Builds all parts and joins them; disposing takes them down in reverse. */
export async function createService(setting: ServiceSetting): Promise<Service> {
  const {
    databaseUrl,
    mayCreateDatabase = true,
    workers,
    startThreads,
    publicUrl,
    version,
    now,
    onError,
  } = setting
  await using parts = new AsyncDisposableStack()
  const writing = parts.use(await connect(databaseUrl, { mayCreate: mayCreateDatabase, checkpoints: false }))
  await migrateToLatest(writing)
  // A connection of their own, so that readers do not queue behind a write that waits for its turn.
  const reading = parts.use(await connect(databaseUrl, { readOnly: true }))
  const importer = parts.use(createImporter({ databaseUrl }))
  const reports = parts.use(
    createReportRunner({ reading, writing, databaseUrl, workers, startThreads, now, onError }),
  )
  const app = createHttpApp({ db: reading, reports, importer, version, publicUrl, onError })
  const owned = parts.move()
  return {
    app,
    importer,
    reports,
    async recover() {
      await failUnfinishedImports(writing, now)
      await reports.resumeUnfinished()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
