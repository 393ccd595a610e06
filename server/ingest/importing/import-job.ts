import type { ColumnMap } from '../../../shared/column-map.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import type { MaxRejected } from '../../../shared/max-rejected.ts'
import type { OwnImport } from '../../database/imports.ts'
import type { FileLimits } from '../../limits/setting.ts'
import type { OpenDatabase } from '../writer/open-database.ts'
import { beginImport } from './begin-import.ts'
import type { ImportOutcome } from './import-each.ts'

/** What the thread that writes is asked to import. */
export interface ImportJob {
  readonly paths: readonly string[]
  readonly source: string | undefined
  readonly maxRejected: MaxRejected | undefined
  readonly columnMap: ColumnMap | undefined
  readonly stamp: string | undefined
  readonly by: string | null
  readonly kept: OwnImport | undefined
}

export interface ImportJobOptions {
  readonly database: () => Promise<OpenDatabase>
  readonly now: () => number
  readonly signal: AbortSignal
  readonly onProgress: (progress: ImportProgress) => void
  readonly stepsBehindAnswers: boolean
  readonly limits: FileLimits
}

/** Imports what a job names. What works on databases is loaded while polls are read. */
export async function runImportJob(
  job: ImportJob,
  { database, ...options }: ImportJobOptions,
): Promise<ImportOutcome> {
  const importing = { ...job, ...options }
  await using begun = await beginImport(job.paths, importing)
  const { importBegun } = await import('./import-begun.ts')
  const { db, hasty, latest, owner } = await database()
  return await importBegun(db, begun, { ...importing, hasty, latest, owner })
}
