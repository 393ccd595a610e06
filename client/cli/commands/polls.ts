import { AppError } from '../../../shared/app-error.ts'
import type { ListedPoll } from '../../../shared/poll.ts'
import { pollFormats, type PollFormat } from '../../../shared/poll-file.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { write, type TableColumn } from '../output.ts'
import { openReportOutput } from '../report-output.ts'

export interface PollsCommandOptions extends ConnectionOptions, ListOptions {
  readonly from?: string
  readonly to?: string
  /** Each as label=value. */
  readonly group?: readonly string[]
}

const columns: readonly TableColumn<ListedPoll>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'STATUS', cell: ({ status }) => status },
  { head: 'TIME', cell: ({ timestampUtc }) => timestampUtc },
]

export async function runPolls(
  context: CommandContext,
  options: PollsCommandOptions,
  storeId: string | undefined,
): Promise<void> {
  const { labels, ...only } = wantedOf(options, storeId)
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, columns, (page) =>
      client.poll.list.query({ ...page, ...only, ...(labels && { labels: [...labels] }) }),
    ),
  )
}

export interface ExportPollsCommandOptions extends PollsCommandOptions {
  readonly format?: PollFormat
  readonly output?: string
}

export async function runExportPolls(
  context: CommandContext,
  options: ExportPollsCommandOptions,
  storeId: string | undefined,
): Promise<void> {
  const { stdout, signal } = context
  const { output } = options
  const format = formatOf(options)
  const toStdout = output === undefined || output === '-'
  if (format === 'parquet' && toStdout && stdout.isTTY) {
    throw new AppError(
      'invalid',
      'Parquet is nothing for a terminal: write it into a file, with -o polls.parquet',
    )
  }
  const file = toStdout ? undefined : await openReportOutput(output)
  await withConnection(context, options, async ({ client }) => {
    const { name, bytes } = await client.polls.export({ ...wantedOf(options, storeId), format, signal })
    if (file !== undefined) {
      say(context, options, await file.write(bytes, name, signal))
      return
    }
    for await (const chunk of bytes) await write(stdout, chunk)
  })
}

function wantedOf({ from, to, group }: PollsCommandOptions, storeId: string | undefined) {
  return {
    ...(storeId === undefined ? {} : { storeId }),
    ...(group === undefined ? {} : { labels: group }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }
}

/** As it is asked for, or as the file's name ends. */
function formatOf({ format, json, output = '' }: ExportPollsCommandOptions): PollFormat {
  if (json && format !== undefined && format !== 'ndjson') {
    throw new AppError('invalid', `--json means --format ndjson, and --format is ${format}: leave one out`)
  }
  if (json) return 'ndjson'
  return format ?? pollFormats.find((one) => output.toLowerCase().endsWith(`.${one}`)) ?? 'csv'
}
