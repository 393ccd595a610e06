import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext, MessageOptions } from '../context.ts'
import { printJson } from '../output.ts'
import { printReport } from '../print-report.ts'

export interface CancelOptions extends ConnectionOptions, MessageOptions {
  readonly json?: true
}

export async function runCancel(
  context: CommandContext,
  options: CancelOptions,
  reportId: string,
): Promise<void> {
  await withConnection(context, options, async ({ client }) => {
    const report = await client.report.cancel.mutate({ reportId })
    if (options.json) await printJson(context, [report])
    else await printReport(context, report)
  })
}
