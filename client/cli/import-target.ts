import type { ImportOutcome } from '../../server/ingest/importing/import-each.ts'
import { AppError } from '../../shared/app-error.ts'
import type { ColumnMap } from '../../shared/column-map.ts'
import type { ImportProgress } from '../../shared/import.ts'
import type { MaxRejected } from '../../shared/max-rejected.ts'
import type { StoreMonitorClient } from '../client.ts'
import type { CommandContext } from './context.ts'
import { configOf, flagsOf, serverUrlOf, type ConnectionOptions } from './place.ts'

export interface ImportPathsOptions {
  readonly maxRejected?: MaxRejected | undefined
  readonly columnMap?: ColumnMap | undefined
  /** What the record calls a file whose path says nothing. */
  readonly source?: string | undefined
  /** Whether to wait for the end of the imports, which is the default. */
  readonly wait?: boolean | undefined
  readonly onProgress: (progress: ImportProgress) => void
  readonly signal: AbortSignal
}

/** Where files are imported to. */
export interface ImportTarget {
  /** Flags that lead a further command to the same place. */
  readonly flags: readonly string[]
  importPaths(paths: readonly string[], options: ImportPathsOptions): Promise<ImportOutcome>
  /** Asks what there is to be asked after an import. */
  ask<Answer>(use: (client: StoreMonitorClient) => Promise<Answer>): Promise<Answer>
}

/**
 * As `withConnection`, for a command that imports and asks for little more: of what works on a database it loads only what
 * imports. The database is made where there is none.
 */
export async function withImportTarget<Result>(
  context: CommandContext,
  options: ConnectionOptions,
  use: (target: ImportTarget) => Promise<Result>,
): Promise<Result> {
  const url = serverUrlOf(context, options)
  if (url !== undefined) {
    const { serverConnection } = await import('./server-connection.ts')
    return use(serverConnection(context, url, options))
  }
  const { databaseUrl } = await configOf(context, options)
  return await use({
    flags: flagsOf(options),
    async importPaths(paths, importOptions) {
      if (importOptions.wait === false) throw nobodyElse()
      const { importHere } = await import('../../server/ingest/importing/import-here.ts')
      return importHere(databaseUrl, paths, { ...importOptions, now: context.now })
    },
    async ask(use) {
      const { withConnection } = await import('./connection.ts')
      return withConnection(context, options, ({ client }) => use(client))
    },
  })
}

function nobodyElse(): AppError {
  return new AppError(
    'invalid',
    '--no-wait leaves the import to a server: write its --url too, or leave --no-wait out, as this command imports by itself',
  )
}
