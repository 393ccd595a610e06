import type { Source, TriedSource } from '../../../shared/source.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { textOfFile } from '../text-of-file.ts'
import { withoutData } from '../without-data.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { importColumns } from '../import-columns.ts'
import {
  formatAmount,
  formatCount,
  printable,
  printJson,
  printTable,
  toTheMinute,
  type TableColumn,
} from '../output.ts'

export interface SourcesOptions extends ConnectionOptions, MessageOptions {
  readonly json?: true
}

export interface PullCommandOptions extends SourcesOptions {
  readonly again?: true
}

export interface TrySourceOptions extends SourcesOptions {
  readonly answer?: string
}

const columns: readonly TableColumn<Source>[] = [
  { head: 'SOURCE', cell: ({ name }) => name },
  { head: 'SCHEDULE', cell: scheduleOf },
  { head: 'LAST', cell: ({ lastAttemptAt }) => toTheMinute(lastAttemptAt) },
  { head: 'OUTCOME', cell: outcomeOf },
  { head: 'IMPORT', align: 'right', cell: ({ lastImportId }) => String(lastImportId ?? '') },
  { head: 'NEXT', cell: ({ nextAt }) => toTheMinute(nextAt) },
  { head: 'URL', cell: ({ url }) => url ?? '' },
]

function scheduleOf({ schedule, zone }: Source): string {
  if (schedule === null) return 'none any more'
  return zone === 'UTC' ? schedule : `${schedule} ${zone}`
}

function outcomeOf({ isPulling, lastOutcome, failures }: Source): string {
  if (isPulling) return 'pulling'
  return failures > 1 ? `failed ${formatCount(failures)} times` : (lastOutcome ?? 'never pulled')
}

export async function runSources(context: CommandContext, options: SourcesOptions): Promise<void> {
  const { items } = await withConnection(context, options, ({ client }) => client.source.list.query())
  if (options.json) return printJson(context, items)
  if (items.length === 0) {
    say(context, options, 'there are none: sources are written in store-monitor.yaml (--config)')
    return
  }
  await printTable(context, columns, items)
  const failed = items.filter(({ lastError }) => lastError !== null)
  for (const { name, lastError } of failed) say(context, options, `${name}: ${printable(lastError!)}`)
}

export async function runPull(
  context: CommandContext,
  options: PullCommandOptions,
  name: string,
): Promise<void> {
  const { again = false } = options
  const pulled = await withConnection(context, { ...options, mayCreate: true }, ({ client }) =>
    client.source.pull.mutate({ name, again }),
  )
  if (options.json) return printJson(context, [pulled])
  if (pulled.import === null) {
    say(context, options, `${name}: nothing else than what was imported last; --again imports it`)
    return
  }
  await printTable(context, importColumns, [pulled.import])
}

export async function runTrySource(
  context: CommandContext,
  options: TrySourceOptions,
  name: string,
): Promise<void> {
  const answer = options.answer === undefined ? {} : { answer: await textOfFile(options.answer) }
  const tried = await withoutData(context, options, ({ client }) =>
    client.source.try.mutate({ name, ...answer }),
  )
  if (options.json) return printJson(context, [tried])
  if (tried.polls.length > 0) await printTable(context, pollColumns, tried.polls)
  say(context, options, triedText(tried))
}

const pollColumns: readonly TableColumn<TriedSource['polls'][number]>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'STATUS', cell: ({ status }) => status },
  { head: 'TIMESTAMP', cell: ({ timestampUtc }) => timestampUtc },
]

const REJECTIONS_SHOWN = 10

function triedText({ kind, accepted, rejected, rejections, lines }: TriedSource): string {
  const first = `as CSV it begins:${lines.map((line) => `\n  ${printable(line)}`).join('')}`
  if (accepted === null || rejected === null) return `it holds ${kind}; ${first}`
  const counted = `${formatAmount(accepted, 'poll')} would be taken, ${formatCount(rejected)} rejected`
  const reasons = rejections
    .slice(0, REJECTIONS_SHOWN)
    .map(({ row, reason }) => `\n  row ${row}: ${printable(reason)}`)
  return `${counted}${reasons.join('')}\n${first}`
}
