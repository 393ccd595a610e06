import { AppError } from '../../shared/app-error.ts'
import type { Report, ReportOptionsInput } from '../../shared/report.ts'
import type { Connection } from './connection.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { createProgressDisplay, stepOfReport } from './progress-display.ts'

/** Requests a report and waits, with progress on stderr, until it is complete. Ctrl-C cancels it. */
export async function runReport(
  context: CommandContext,
  options: MessageOptions,
  { client }: Connection,
  reportOptions: ReportOptionsInput,
): Promise<Report> {
  let latest: Report | undefined
  using display = await createProgressDisplay(context, options)
  try {
    for await (latest of client.runReport(reportOptions, { signal: context.signal })) {
      display.show(stepOfReport(latest))
    }
  } catch (error) {
    if (context.signal.aborted && latest !== undefined) {
      await cancel(client, latest.reportId)
      say(context, options, `report ${latest.reportId} was cancelled`)
    }
    throw error
  }
  return latest!
}

async function cancel(client: Connection['client'], reportId: string): Promise<void> {
  try {
    await client.report.cancel.mutate({ reportId })
  } catch (error) {
    const hasJustEnded = error instanceof AppError && error.code === 'conflict'
    if (!hasJustEnded) throw error
  }
}
