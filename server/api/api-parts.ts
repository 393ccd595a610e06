import type { Db } from '../database/connect.ts'
import type { Importer } from '../ingest/importer.ts'
import type { ReportRunner } from '../reports/runner.ts'

/** What the transports are given. */
export interface ApiParts {
  /** Only read from. */
  readonly db: Db
  readonly reports: ReportRunner
  readonly importer: Importer
  readonly version: string
  readonly onError: (error: unknown) => void
}
