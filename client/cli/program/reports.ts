import type { Command } from 'commander'
import type { CancelOptions } from '../commands/cancel.ts'
import type { StatusOptions } from '../commands/report-status.ts'
import type { GetReportOptions } from '../commands/reports.ts'
import type { VerifyOptions } from '../commands/verify.ts'
import type { Adder, ConnectedListOptions } from './adder.ts'
import { columnsOption, exampleId, formatOption, wholeNumber } from './options.ts'

/** What is done with reports that were requested. */
export function addReports({ context, addConnected, connected, addListing, examples }: Adder): void {
  const reports = addListing('reports', 'List reports, the newest first; or get or delete one.')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      examples(
        'reports',
        'reports --all --json | jq \'select(.state == "failed")\'',
        `reports get ${exampleId} -o report.csv`,
        `reports delete ${exampleId}`,
      ),
    )
    .action(async (options: ConnectedListOptions) => {
      const { runReports } = await import('../commands/reports.ts')
      await runReports(context, options)
    })

  connected(
    reports.command('get').description('Write the file of a complete report to stdout, or to a file.'),
  )
    .argument('<id>', 'the report')
    .addOption(columnsOption())
    .addOption(formatOption())
    .option('-o, --output <file or folder>', 'write it here')
    .option('--json', 'the same as --format ndjson')
    .action(async (id: string, _: unknown, command: Command) => {
      const { runGetReport } = await import('../commands/reports.ts')
      await runGetReport(context, command.optsWithGlobals<GetReportOptions>(), id)
    })

  connected(
    reports.command('delete').description('Remove a report and its file; one that is running is cancelled.'),
  )
    .argument('<id>', 'the report')
    .action(async (id: string, _: unknown, command: Command) => {
      const { runDeleteReport } = await import('../commands/reports.ts')
      await runDeleteReport(context, command.optsWithGlobals<ConnectedListOptions>(), id)
    })

  addConnected('report-status', 'Show the state of a report.')
    .argument('<id>', 'the report')
    .option('--wait', 'wait until it has ended')
    .option('--json', 'write it as JSON')
    .addHelpText('after', examples(`report-status ${exampleId}`, `report-status --wait --json ${exampleId}`))
    .action(async (id: string, options: StatusOptions) => {
      const { runReportStatus } = await import('../commands/report-status.ts')
      await runReportStatus(context, options, id)
    })

  addConnected('verify', 'Compute stores of a report again, and compare them with what is stored.')
    .argument('<id>', 'the report')
    .option('--stores <count>', 'so many, spread over the report (default: 100)', wholeNumber)
    .option('--all', 'all stores')
    .option('--json', 'write what is found as a line of JSON')
    .addHelpText(
      'after',
      `${examples(`verify ${exampleId}`, `verify ${exampleId} --all --json`)}

The exit code is 4 where something comes out otherwise.`,
    )
    .action(async (id: string, options: VerifyOptions) => {
      const { runVerify } = await import('../commands/verify.ts')
      await runVerify(context, options, id)
    })

  addConnected('cancel', 'Cancel a report or an import that has not ended.')
    .argument('<id>', 'the id of the report, or the number of the import')
    .option('--json', 'write the report or import as JSON')
    .addHelpText('after', examples(`cancel ${exampleId}`, 'cancel 7'))
    .action(async (id: string, options: CancelOptions) => {
      const { runCancel } = await import('../commands/cancel.ts')
      await runCancel(context, options, id)
    })
}
