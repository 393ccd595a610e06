import { AppError } from '../../../shared/app-error.ts'
import type { ReportDifference, Verification } from '../../../shared/verification.ts'
import { usualSample } from '../../../shared/usual-sample.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { hint, withCommandAsStarted } from '../hint.ts'
import {
  formatAmount,
  formatCount,
  printable,
  printJson,
  printTable,
  write,
  type TableColumn,
} from '../output.ts'
import { rowDifference } from '../row-difference.ts'

export interface VerifyOptions extends ConnectionOptions, MessageOptions {
  readonly stores?: number
  readonly all?: true
  readonly json?: true
}

/** Throws a `conflict` AppError where something differs, after it has told what. */
export async function runVerify(
  context: CommandContext,
  options: VerifyOptions,
  reportId: string,
): Promise<void> {
  const { stores, all } = options
  if (all && stores !== undefined) {
    throw new AppError('invalid', '--stores and --all exclude each other: leave out one of them')
  }
  await withConnection(context, options, async ({ client, flags }) => {
    const sample = all ? 'all' : stores
    const found = await client.report.verify.query({
      reportId,
      ...(sample === undefined ? {} : { stores: sample }),
    })
    context.signal.throwIfAborted()
    if (options.json) await printJson(context, [found])
    else if (found.first.length > 0) await printDifferences(context, found)
    if (found.first.length > 0) throw new AppError('conflict', whatDiffers(found))
    say(
      context,
      options,
      `${computedAgain(found)}: all as stored${moreToVerify(context, options, found, flags)}`,
    )
  })
}

function computedAgain({ reportId, storesCompared }: Verification): string {
  return `report ${reportId}: ${formatAmount(storesCompared, 'store')} computed again`
}

/** Where there may be more stores than were asked for. */
function moreToVerify(
  context: CommandContext,
  { all, stores = usualSample }: VerifyOptions,
  { reportId, storesCompared }: Verification,
  flags: readonly string[],
): string {
  return all || storesCompared < stores
    ? ''
    : ` (all of them: ${hint(context, 'verify', reportId, '--all', ...flags)})`
}

function whatDiffers(found: Verification): string {
  const counts = [
    [found.storesDiffering, 'otherwise now'],
    [found.storesNew, 'new'],
    [found.storesGone, 'gone'],
  ] as const
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`)
  return `${computedAgain(found)}: ${parts.join(', ')}`
}

const columns: readonly TableColumn<ReportDifference>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'OF', cell: (difference) => told(difference).what },
  { head: 'STORED', cell: (difference) => told(difference).stored },
  { head: 'NOW', cell: (difference) => told(difference).now },
]

function told({ stored, now, csv }: ReportDifference) {
  return csv === null ? rowDifference(stored, now) : { what: 'its CSV', ...csv }
}

async function printDifferences(context: CommandContext, found: Verification): Promise<void> {
  await printTable(context, columns, found.first)
  const more = found.storesDiffering + found.storesNew + found.storesGone - found.first.length
  if (more > 0) await write(context.stdout, `… and ${formatCount(more)} more\n`)
  await write(context.stdout, likelyText(context, found.likely))
}

export function likelyText(context: CommandContext, likely: readonly string[]): string {
  return [
    '',
    'Likely because of what has changed since it was computed:',
    ...likely.map((reason) => `  ${reason}`),
    '',
  ]
    .map((line) => withCommandAsStarted(printable(line), context))
    .join('\n')
}
