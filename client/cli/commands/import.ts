import type { ImportRecord } from '../../../shared/import.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext, MessageOptions } from '../context.ts'
import { hint } from '../hint.ts'
import { importPaths } from '../import-paths.ts'
import { printJson, printTable } from '../output.ts'
import { importColumns } from './imports.ts'

export interface ImportCommandOptions extends ConnectionOptions, MessageOptions {
  readonly json?: true
}

export async function runImport(
  context: CommandContext,
  options: ImportCommandOptions,
  paths: readonly string[],
): Promise<void> {
  await withConnection(context, { ...options, mayCreate: true }, async (connection) => {
    const howToList = hint(context, 'rejected', ...connection.flags)
    const records: ImportRecord[] = await importPaths(context, { ...options, howToList }, connection, paths)
    if (options.json) await printJson(context, records)
    else await printTable(context, importColumns, records)
  })
}
