/** Where a command works: on a server, or on a database. */
import { AppError } from '../../shared/app-error.ts'
import type { CommandContext } from './context.ts'

export interface ConnectionOptions {
  readonly url?: string
  readonly database?: string
  readonly workers?: string
}

/** Of the server that the options and the environment ask for; undefined where it is a database. */
export function serverUrlOf(context: CommandContext, options: ConnectionOptions): string | undefined {
  if (options.url !== undefined && options.database !== undefined) {
    throw new AppError('invalid', '--url and --database exclude each other: a server has its own database')
  }
  if (options.url === '') throw new AppError('invalid', '--url is empty: write the URL of a server')
  const url =
    options.url ?? (options.database === undefined ? context.environment['STORE_MONITOR_URL'] : undefined)
  if (!url) return undefined
  if (options.workers !== undefined) {
    throw new AppError('invalid', `--workers is for a database: the server at ${url} has its own`)
  }
  return url
}

export function flagsOf({ database }: ConnectionOptions): readonly string[] {
  return database === undefined ? [] : ['--database', database]
}

export async function configOf({ environment }: CommandContext, { database, workers }: ConnectionOptions) {
  const { readConfig } = await import('../../server/config.ts')
  return readConfig(environment, { databaseUrl: database, workers })
}
