import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import { parseColumnMap } from '../../shared/column-map.ts'
import { withConnection, type Connection, type ConnectionOptions } from './connection.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { hint } from './hint.ts'
import { describeFailed, importPaths, type ImportMessages } from './import-paths.ts'
import { printable } from './output.ts'

export interface DataOptions extends ConnectionOptions, MessageOptions {
  /** Files and folders that are imported first. */
  readonly from?: readonly string[]
  /** What these call columns: each as column=name. */
  readonly map?: readonly string[]
}

const mapWithoutFiles =
  '--map says what the files of --from call a column: name them with --from, or leave --map out'

/**
 * `howToGoOn` tells what to do with the data after; `keptFlags` lead a command that takes no `--from` to them, once that has been
 * done. The flags of the connection lead one that does.
 */
type UseData = (connection: Connection, howToGoOn: string, keptFlags: readonly string[]) => Promise<void>

/** Calls `use` with the data that is asked for; that of `--from` is in a temporary database unless one is named. */
export async function withData(context: CommandContext, options: DataOptions, use: UseData): Promise<void> {
  const { from, map, url, database } = options
  const columnMap = map && parseColumnMap(map)
  if (from === undefined) {
    if (map !== undefined) throw new AppError('invalid', mapWithoutFiles)
    return withConnection(context, options, (connection) =>
      use(connection, goOnWith(context, connection), connection.flags),
    )
  }
  if (url !== undefined || database !== undefined) {
    return withConnection(context, { ...options, mayCreate: true }, async (connection) => {
      const howToList = hint(context, 'rejected', ...connection.flags)
      await importData(context, { ...options, howToList, columnMap }, connection, from)
      await use(connection, goOnWith(context, connection), connection.flags)
    })
  }
  const folder = await mkdtemp(join(tmpdir(), 'store-monitor-'))
  const kept = ['--database', databaseNamedAfter(from)]
  const mapped = (map ?? []).flatMap((mapping) => ['--map', mapping])
  const toKeep = hint(context, 'import', ...from, ...mapped, ...kept)
  try {
    const temporary = { ...options, database: join(folder, 'report.db'), mayCreate: true }
    await withConnection(context, temporary, async (connection) => {
      const howToList = `${toKeep}; ${hint(context, 'rejected', ...kept)}`
      await importData(context, { ...options, howToList, columnMap }, connection, from)
      const again = { ...connection, flags: ['--from', ...from, ...mapped] }
      await use(again, `to keep the data for further reports: ${toKeep}`, kept)
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Imports what to report on. A file of zones or hours of which nothing can be taken is told of, and the report made as if
 * it were not there; without the polls there is nothing to report on.
 */
async function importData(
  context: CommandContext,
  options: ImportMessages,
  connection: Connection,
  paths: readonly string[],
): Promise<void> {
  const { records } = await importPaths(context, options, connection, paths)
  const failed = describeFailed(records)
  if (failed === undefined) return
  const lacksPolls = records.some(({ kind, state }) => kind === 'polls' && state !== 'complete')
  if (lacksPolls) throw new AppError('invalid', printable(failed))
  say(context, options, printable(failed))
}

function goOnWith(context: CommandContext, { flags }: Connection): string {
  return `all reports: ${hint(context, 'reports', ...flags)}`
}

/** A name that is not taken by other data: that of what is imported into it. */
function databaseNamedAfter([path]: readonly string[]): string {
  return `${basename(resolve(path!)) || 'store-monitor'}.db`
}
