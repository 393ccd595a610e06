import type { ImportRecord } from '../../shared/import.ts'
import type { Connection } from './connection.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { formatAmount, printable } from './output.ts'
import { createProgressDisplay, stepOfImport } from './progress-display.ts'

const REASONS_SHOWN = 3

/** Imports with progress on stderr, and says there which rows were not taken, and `howToList` them all. */
export async function importPaths(
  context: CommandContext,
  options: MessageOptions & { readonly howToList: string },
  connection: Connection,
  paths: readonly string[],
): Promise<ImportRecord[]> {
  const records = await importWithProgress(context, options, connection, paths)
  const rejected = records.reduce((sum, record) => sum + record.rowsRejected, 0)
  if (rejected === 0) return records
  say(context, options, `${formatAmount(rejected, 'row')} ${rejected === 1 ? 'was' : 'were'} rejected:`)
  for (const line of await firstReasons(connection, records)) say(context, options, `  ${line}`)
  if (rejected > REASONS_SHOWN) say(context, options, `  … to list them all: ${options.howToList}`)
  return records
}

async function importWithProgress(
  context: CommandContext,
  options: MessageOptions,
  connection: Connection,
  paths: readonly string[],
): Promise<ImportRecord[]> {
  using display = createProgressDisplay(context, options)
  return await connection.importPaths(paths, {
    onProgress(progress) {
      // A file that has been read is done when its rows are stored: only then is the number of rows the last.
      const isStoring = progress.bytesRead === progress.bytesTotal && progress.rowsStored === 0
      if (!isStoring) display.show(stepOfImport(progress))
    },
    signal: context.signal,
  })
}

async function firstReasons({ client }: Connection, records: readonly ImportRecord[]): Promise<string[]> {
  const reasons: string[] = []
  for (const { importId, rowsRejected } of records) {
    const limit = REASONS_SHOWN - reasons.length
    if (rowsRejected === 0 || limit === 0) continue
    const { items } = await client.import.rejectedRows.query({ importId, limit })
    reasons.push(...items.map(({ source, line, reason }) => printable(`${source}:${line}: ${reason}`)))
  }
  return reasons
}
