import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { AppError } from '../../../shared/app-error.ts'
import type { CorrectionUse } from '../../../shared/correction-kind.ts'
import type { Interpolation } from '../../../shared/interpolation.ts'
import type { PeriodUnit } from '../../../shared/period-unit.ts'
import type { ColumnChoice, FileFormat } from '../../../shared/report-file.ts'
import type { Report, ReportOptionsInput } from '../../../shared/report.ts'
import type { DownloadOptions } from '../../index.ts'
import { withConnection, type Connection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { hint } from '../hint.ts'
import { describeFailed, importPaths } from '../import-paths.ts'
import { formatAmount, printable, write } from '../output.ts'
import { openReportOutput } from '../report-output.ts'
import { runReport } from '../run-report.ts'

export interface ReportCommandOptions extends ConnectionOptions, MessageOptions {
  readonly from?: readonly string[]
  readonly asOf?: string
  readonly interpolation?: Interpolation
  readonly reach?: string
  readonly corrections?: CorrectionUse
  readonly by?: PeriodUnit
  readonly since?: string
  readonly until?: string
  readonly columns: ColumnChoice
  readonly format?: FileFormat
  readonly output?: string
  readonly json?: true
}

export async function runReportCommand(
  context: CommandContext,
  options: ReportCommandOptions,
): Promise<void> {
  const path = options.output === '-' ? undefined : options.output
  const output = path === undefined ? undefined : await openReportOutput(path)
  const format = formatOf(options)

  await withData(context, options, async (connection, howToGoOn) => {
    const { signal, stdout } = context
    const report = await runReport(context, options, connection, reportOptionsOf(options))
    const bytes = await connection.client.downloadReport(report.reportId, { ...format, signal })
    if (output) await output.write(bytes, signal)
    else for await (const chunk of bytes) await write(stdout, chunk)
    if (path !== undefined) say(context, options, `${path}: ${describe(report)}\n${howToGoOn}`)
  })
}

function formatOf({
  format,
  columns,
  json,
}: ReportCommandOptions): Required<Omit<DownloadOptions, 'signal'>> {
  if (json && format !== undefined && format !== 'ndjson') {
    throw new AppError('invalid', `--json means --format ndjson, and --format is ${format}: leave one out`)
  }
  return { columns, format: format ?? (json ? 'ndjson' : 'csv') }
}

function reportOptionsOf({
  asOf,
  interpolation,
  reach,
  corrections,
  by,
  since,
  until,
}: ReportCommandOptions): ReportOptionsInput {
  if (by === undefined && (since ?? until) !== undefined) {
    throw new AppError('invalid', '--since and --until are for a report by period: say by what, as --by day')
  }
  if (by !== undefined && (since === undefined || until === undefined)) {
    throw new AppError(
      'invalid',
      `--by ${by} needs --since and --until: local dates, YYYY-MM-DD, both included`,
    )
  }
  return {
    ...(corrections === undefined ? {} : { corrections }),
    ...(by === undefined ? {} : { by, from: since, to: until }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(interpolation === undefined ? {} : { interpolation }),
    ...(reach === undefined ? {} : { reach }),
  }
}

function describe({ reportId, asOf, progress }: Report): string {
  return `${formatAmount(progress.storesTotal, 'store')} as of ${asOf} (report ${reportId})`
}

type UseData = (connection: Connection, howToGoOn: string) => Promise<void>

/** Calls `use` with the data that is asked for; that of `--from` is in a temporary database unless one is named. */
async function withData(context: CommandContext, options: ReportCommandOptions, use: UseData): Promise<void> {
  const { from, url, database } = options
  if (from === undefined) {
    return withConnection(context, options, (connection) => use(connection, goOnWith(context, connection)))
  }
  if (url !== undefined || database !== undefined) {
    return withConnection(context, { ...options, mayCreate: true }, async (connection) => {
      const howToList = hint(context, 'rejected', ...connection.flags)
      await importData(context, { ...options, howToList }, connection, from)
      await use(connection, goOnWith(context, connection))
    })
  }
  const folder = await mkdtemp(join(tmpdir(), 'store-monitor-'))
  const kept = ['--database', databaseNamedAfter(from)]
  const toKeep = hint(context, 'import', ...from, ...kept)
  try {
    const temporary = { ...options, database: join(folder, 'report.db'), mayCreate: true }
    await withConnection(context, temporary, async (connection) => {
      const howToList = `${toKeep}; ${hint(context, 'rejected', ...kept)}`
      await importData(context, { ...options, howToList }, connection, from)
      await use(connection, `to keep the data for further reports: ${toKeep}`)
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
  options: MessageOptions & { readonly howToList: string },
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
