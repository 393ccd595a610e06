import { AppError } from '../../../shared/app-error.ts'
import type { Report } from '../../../shared/report.ts'
import type { StoreMonitorClient } from '../../index.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext, MessageOptions } from '../context.ts'
import { printJson } from '../output.ts'
import { printReport } from '../print-report.ts'

export interface StatusOptions extends ConnectionOptions, MessageOptions {
  readonly wait?: true
  readonly json?: true
}

export async function runReportStatus(
  context: CommandContext,
  options: StatusOptions,
  reportId: string,
): Promise<void> {
  await withConnection(context, options, async ({ client }) => {
    const report = options.wait
      ? await waitForEnd(context, options, client, reportId)
      : await client.report.get.query({ reportId })
    if (options.json) await printJson(context, [report])
    else await printReport(context, report)
    if (report.state === 'failed') throw new AppError('conflict', `the report failed: ${report.failure}`)
    if (report.state === 'cancelled') throw new AppError('conflict', 'the report was cancelled')
  })
}

async function waitForEnd(
  context: CommandContext,
  options: MessageOptions,
  client: StoreMonitorClient,
  reportId: string,
): Promise<Report> {
  const { createProgressDisplay, stepOfReport } = await import('../progress-display.ts')
  let latest = await client.report.get.query({ reportId })
  using display = await createProgressDisplay(context, options)
  for await (latest of client.watchReport(reportId, { signal: context.signal })) {
    display.show(stepOfReport(latest))
  }
  return latest
}
