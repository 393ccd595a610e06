import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext, MessageOptions } from '../context.ts'
import { importColumns } from '../import-columns.ts'
import { printJson, printTable } from '../output.ts'
import { printReport } from '../print-report.ts'

export interface CancelOptions extends ConnectionOptions, MessageOptions {
  readonly json?: true
}

/** Cancels a report or an import: the ids of reports are UUIDs, those of imports are numbers. */
export async function runCancel(context: CommandContext, options: CancelOptions, id: string): Promise<void> {
  await withConnection(context, options, async ({ client }) => {
    if (/^\d+$/.test(id)) {
      const record = await client.import.cancel.mutate({ importId: Number(id) })
      if (options.json) await printJson(context, [record])
      else await printTable(context, importColumns, [record])
      return
    }
    const report = await client.report.cancel.mutate({ reportId: id })
    if (options.json) await printJson(context, [report])
    else await printReport(context, report)
  })
}
