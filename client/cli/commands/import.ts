import type { IgnoredFile } from '../../../server/ingest/importing/find-files.ts'
import { AppError } from '../../../shared/app-error.ts'
import { parseColumnMap } from '../../../shared/column-map.ts'
import type { MaxRejected } from '../../../shared/max-rejected.ts'
import type { ConnectionOptions } from '../place.ts'
import type { ImportTarget } from '../import-target.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { sayDoubts } from '../doubts.ts'
import { hint } from '../hint.ts'
import { importColumns } from '../import-columns.ts'
import { describeFailed, importPaths } from '../import-paths.ts'
import { printable, printJson, printTable } from '../output.ts'

export interface ImportCommandOptions extends ConnectionOptions, MessageOptions {
  readonly json?: true
  readonly maxRejected?: MaxRejected
  readonly map?: readonly string[]
  readonly wait: boolean
}

function ignoredRecord({ path, reason }: IgnoredFile): { source: string; state: 'ignored'; reason: string } {
  return { source: path, state: 'ignored', reason: `it ${reason}` }
}

export async function runImport(
  context: CommandContext,
  options: ImportCommandOptions,
  target: ImportTarget,
  paths: readonly string[],
): Promise<void> {
  const columnMap = options.map && parseColumnMap(options.map)
  const howToList = hint(context, 'rejected', ...target.flags)
  const messages = { ...options, howToList, columnMap }
  const { records, ignored } = await importPaths(context, messages, target, paths)
  if (options.json) await printJson(context, [...records, ...ignored.map(ignoredRecord)])
  else await printTable(context, importColumns, records)
  if (!options.wait) {
    const [first] = records
    const howToLook = hint(context, 'imports', ...(first ? [String(first.importId)] : []), ...target.flags)
    say(context, options, `the server imports them; to see what becomes of that: ${howToLook}`)
  }
  if (!options.quiet && records.some(({ state }) => state === 'complete')) {
    await target.ask((client) => sayDoubts(context, options, client, target.flags))
  }
  const failed = describeFailed(records)
  if (failed !== undefined) throw new AppError('invalid', printable(failed))
}
