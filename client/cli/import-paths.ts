import type { ImportOutcome } from '../../server/ingest/importing/import-each.ts'
import type { StoreMonitorClient } from '../client.ts'
import type { ColumnMap } from '../../shared/column-map.ts'
import type { ImportRecord } from '../../shared/import.ts'
import type { MaxRejected } from '../../shared/max-rejected.ts'
import type { ImportTarget } from './import-target.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { formatAmount, formatCount, printable } from './output.ts'
import { createProgressDisplay, stepOfImport } from './progress-display.ts'
import { filesOf } from './standard-input.ts'

const REASONS_SHOWN = 3

export interface ImportMessages extends MessageOptions {
  readonly howToList: string
  readonly maxRejected?: MaxRejected | undefined
  readonly columnMap?: ColumnMap | undefined
  readonly wait?: boolean | undefined
}

/** Imports with progress on stderr, and says there which files and rows were not taken, and `howToList` all of them. */
export async function importPaths(
  context: CommandContext,
  options: ImportMessages,
  target: ImportTarget,
  paths: readonly string[],
): Promise<ImportOutcome> {
  const outcome = await importWithProgress(context, options, target, paths)
  const { records, ignored } = outcome
  for (const { path, reason } of ignored)
    say(context, options, printable(`${path} was ignored: it ${reason}`))
  const rejected = records.reduce((sum, record) => sum + record.rowsRejected, 0)
  if (rejected === 0) return outcome
  say(context, options, `${formatAmount(rejected, 'row')} ${rejected === 1 ? 'was' : 'were'} rejected:`)
  for (const line of await target.ask((client) => firstReasons(client, records)))
    say(context, options, `  ${line}`)
  if (rejected > REASONS_SHOWN) {
    const more = formatCount(rejected - REASONS_SHOWN)
    say(context, options, `  … and ${more} more; to list them all: ${options.howToList}`)
  }
  return outcome
}

/** What to say of files of which nothing could be taken, and of those that went in beside them; undefined without any. */
export function describeFailed(records: readonly ImportRecord[]): string | undefined {
  const failed = records.filter(({ state }) => state !== 'complete' && state !== 'running')
  if (failed.length === 0) return undefined
  const complete = records.filter(({ state }) => state === 'complete').map(({ source }) => source)
  return [
    ...failed.map(({ source, failure }) => `${source} was not imported: ${failure}`),
    ...(complete.length === 0 ? [] : [`imported: ${complete.join(', ')}`]),
  ].join('; ')
}

async function importWithProgress(
  context: CommandContext,
  options: ImportMessages,
  target: ImportTarget,
  paths: readonly string[],
): Promise<ImportOutcome> {
  await using input = await filesOf(context, paths)
  using display = await createProgressDisplay(context, options)
  return await target.importPaths(input.paths, {
    source: input.source,
    maxRejected: options.maxRejected,
    columnMap: options.columnMap,
    wait: options.wait,
    onProgress(progress) {
      // A file that has been read is done when its rows are stored: only then is the number of rows the last.
      const isStoring = progress.bytesRead === progress.bytesTotal && progress.rowsStored === 0
      if (!isStoring) display.show(stepOfImport(progress))
    },
    signal: context.signal,
  })
}

async function firstReasons(client: StoreMonitorClient, records: readonly ImportRecord[]): Promise<string[]> {
  const reasons: string[] = []
  for (const { importId, rowsRejected } of records) {
    const limit = REASONS_SHOWN - reasons.length
    if (rowsRejected === 0 || limit === 0) continue
    const { items } = await client.import.rejectedRows.query({ importId, limit })
    reasons.push(...items.map(({ source, line, reason }) => printable(`${source}:${line}: ${reason}`)))
  }
  return reasons
}
