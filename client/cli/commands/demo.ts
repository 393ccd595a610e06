import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { styleText } from 'node:util'
import { AppError } from '../../../shared/app-error.ts'
import { fileNameOf } from '../../../shared/report-file.ts'
import type { Report, ReportRow } from '../../../shared/report.ts'
import type { StoreMonitorClient } from '../../index.ts'
import { withConnection } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { hint } from '../hint.ts'
import { importPaths } from '../import-paths.ts'
import { makePage } from '../make-page.ts'
import { printTable, write, type TableColumn } from '../output.ts'
import { openReportOutput } from '../report-output.ts'
import { formatHours, formatPercent } from '../report-table.ts'
import { runReport } from '../run-report.ts'

const STORES_SHOWN = 10
const database = 'demo/store-monitor.db'
const reportPath = 'report.csv'

const columns: readonly TableColumn<ReportRow>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  {
    head: 'UPTIME',
    align: 'right',
    cell: ({ uptimeLastWeekPercent }) => formatPercent(uptimeLastWeekPercent),
  },
  { head: 'UP', align: 'right', cell: ({ uptimeLastWeekMs }) => formatHours(uptimeLastWeekMs) },
  { head: 'DOWN', align: 'right', cell: ({ downtimeLastWeekMs }) => formatHours(downtimeLastWeekMs) },
  { head: 'UNKNOWN', align: 'right', cell: ({ unknownLastWeekMs }) => formatHours(unknownLastWeekMs) },
  { head: 'BUSINESS TIME', align: 'right', cell: (row) => formatHours(businessTimeMs(row)) },
]

/** Imports the example data into a database in the current folder, and shows what a report says. */
export async function runDemo(context: CommandContext, options: MessageOptions): Promise<void> {
  const chain = relative('', join(context.packageFolder, 'examples', 'chain'))
  if (!existsSync(chain)) {
    throw new AppError(
      'not-found',
      `there is no example data at ${chain}, where a clone and the npm package have it. ` +
        `With files of your own: ${hint(context, 'report', '--from', 'FOLDER', '-o', 'report.csv')}`,
    )
  }
  const output = await openReportOutput(reportPath)
  await mkdir(dirname(database), { recursive: true })

  say(context, options, 'Ten days of a made-up restaurant chain, from examples/chain\n')
  await withConnection(context, { database, mayCreate: true }, async (connection) => {
    const howToList = hint(context, 'rejected', '--database', database)
    await importPaths(context, { ...options, howToList }, connection, [chain])
    say(context, options, '')
    const report = await runReport(context, options, connection, {})
    const bytes = await connection.client.downloadReport(report.reportId, { signal: context.signal })
    await output.write(bytes, fileNameOf(report, 'csv'), context.signal)
    await printWorstStores(context, connection.client, report)
  })
  await makePage(context, options)
  say(context, options, howToGoOn(context))
}

async function printWorstStores(
  context: CommandContext,
  client: StoreMonitorClient,
  { reportId, asOf }: Report,
): Promise<void> {
  const { items } = await client.report.rows.query({
    reportId,
    sortBy: 'uptimeLastWeekPercent',
    limit: STORES_SHOWN,
  })
  await write(context.stdout, `\nThe stores with the lowest uptime in the week before ${asOf}:\n\n`)
  await printTable(context, columns, items)
}

function howToGoOn(context: CommandContext): string {
  const command = (text: string) => styleText('cyan', text, { stream: context.stderr })
  return `
All stores are in ${reportPath}, the data in ${database}. Go on with:
  ${command(hint(context, 'serve', '--database', database))}
  ${command(hint(context, 'report', '--from', 'YOUR_FOLDER', '-o', 'report.csv'))}
The first of them serves the page, at
  http://127.0.0.1:8000`
}

function businessTimeMs(row: ReportRow): number {
  return row.uptimeLastWeekMs + row.downtimeLastWeekMs + row.unknownLastWeekMs
}
