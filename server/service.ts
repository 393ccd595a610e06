import type { Hono } from 'hono'
import { createHttpApp } from './api/http-app.ts'
import type { Config } from './config.ts'
import { connect } from './database/connect.ts'
import { failUnfinishedImports } from './database/imports.ts'
import { migrateToLatest } from './database/migrate.ts'
import { createImporter, type Importer } from './ingest/importer.ts'
import { createReportRunner } from './reports/runner.ts'

export interface Service extends AsyncDisposable {
  readonly app: Hono
  readonly importer: Importer
  /** Takes up what a killed process left unfinished. For the one process that owns the database: a server. */
  recover(): Promise<void>
}

export interface ServiceSetting extends Pick<Config, 'databaseUrl' | 'workers'> {
  readonly version: string
  readonly now: () => number
  /** Told of errors that are our fault. */
  readonly onError: (error: unknown) => void
}

/** Builds all parts and joins them; disposing takes them down in reverse. */
export async function createService(setting: ServiceSetting): Promise<Service> {
  const { databaseUrl, workers, version, now, onError } = setting
  await using parts = new AsyncDisposableStack()
  const db = parts.adopt(await connect(databaseUrl), (db) => db.destroy())
  await migrateToLatest(db)
  const importer = parts.use(createImporter({ databaseUrl }))
  const reports = parts.use(createReportRunner({ db, databaseUrl, workers, now, onError }))
  const app = createHttpApp({ db, reports, importer, version, onError })
  const owned = parts.move()
  return {
    app,
    importer,
    async recover() {
      await failUnfinishedImports(db, now)
      await reports.resumeUnfinished()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
