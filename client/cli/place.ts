/** Where a command works: on a server, or on a database. */
import type { ConfigFile } from '../../server/config-file/read-config-file.ts'
import type { Config, readConfig } from '../../server/config.ts'
import { AppError } from '../../shared/app-error.ts'
import type { CommandContext } from './context.ts'

export interface ConnectionOptions {
  readonly url?: string
  /** That a server asks for. */
  readonly key?: string
  readonly database?: string
  readonly workers?: string
  readonly config?: string
}

/** Of the server that the options and the environment ask for; undefined where it is a database. */
export function serverUrlOf(context: CommandContext, options: ConnectionOptions): string | undefined {
  if (options.url !== undefined && options.database !== undefined) {
    throw new AppError('invalid', '--url and --database exclude each other: a server has its own database')
  }
  if (options.url === '') throw new AppError('invalid', '--url is empty: write the URL of a server')
  const url =
    options.url ?? (options.database === undefined ? context.environment['STORE_MONITOR_URL'] : undefined)
  if (!url) {
    if (options.key === undefined) return undefined
    throw new AppError('invalid', '--key is for a server: name it with --url, or leave --key out')
  }
  if (options.workers !== undefined) {
    throw new AppError('invalid', `--workers is for a database: the server at ${url} has its own`)
  }
  if (options.config !== undefined) {
    throw new AppError('invalid', `--config is for a database: the server at ${url} has its own`)
  }
  return url
}

export function flagsOf({ database, config }: ConnectionOptions): readonly string[] {
  return [
    ...(config === undefined ? [] : ['--config', config]),
    ...(database === undefined ? [] : ['--database', database]),
  ]
}

type Flags = NonNullable<Parameters<typeof readConfig>[1]>

/** The settings, and the configuration file that has some of them, where there is one. */
export async function readSettings(
  context: CommandContext,
  { config: path, ...flags }: Flags & { readonly config?: string | undefined },
): Promise<{ readonly config: Config; readonly file: ConfigFile | undefined }> {
  const { readConfig } = await import('../../server/config.ts')
  const file = await configFileOf(context, path)
  return { config: readConfig(context.environment, flags, file?.settings), file }
}

async function configFileOf(
  { environment, findConfigFile }: CommandContext,
  flag: string | undefined,
): Promise<ConfigFile | undefined> {
  if (flag === '') throw new AppError('invalid', '--config is empty: write the name of a file')
  const named = [flag, environment['STORE_MONITOR_CONFIG']].find((path) => path)
  const path = named ?? findConfigFile?.()
  if (path === undefined) return undefined
  const { readConfigFile } = await import('../../server/config-file/read-config-file.ts')
  return readConfigFile(path)
}

export async function configOf(
  context: CommandContext,
  { database, workers, config }: ConnectionOptions,
): Promise<Config> {
  return (await readSettings(context, { databaseUrl: database, workers, config })).config
}

/** The key for a server; undefined where none is given. */
export function keyOf({ environment }: CommandContext, { key }: ConnectionOptions): string | undefined {
  if (key === '') throw new AppError('invalid', '--key is empty: write a key, or leave it out')
  return [key, environment['STORE_MONITOR_KEY']].find((text) => text)
}
