import { Option } from 'commander'
import { periodUnits } from '../../../shared/period-unit.ts'
import type { ReportCommandOptions } from '../commands/report.ts'
import { tableSorts } from '../table-sorts.ts'
import type { Adder } from './adder.ts'
import { columnsOption, formatOption, groupOption, wholeNumber } from './options.ts'

/** What makes a report. */
export function addReport({ context, addConnected, judging, dateOption, examples }: Adder): void {
  judging(addConnected('report', 'Make a report and write it to stdout or a file. Ctrl-C cancels it.'))
    .addOption(new Option('--by <period>', 'a row for each store and period').choices(periodUnits))
    .addOption(dateOption('--since <date>', 'with --by: the first local date, YYYY-MM-DD'))
    .addOption(dateOption('--until <date>', 'with --by: the last local date, itself included'))
    .addOption(columnsOption())
    .addOption(formatOption())
    .option('-o, --output <file or folder>', 'write it here, once it is complete')
    .option('--json', 'the same as --format ndjson')
    .option('--top <count>', 'of the table that a terminal shows: so many stores (default: 20)', wholeNumber)
    .addOption(
      new Option('--sort <column>', 'of the table: by what, the worst first (default: uptime)').choices(
        tableSorts,
      ),
    )
    .option('--where <text>', 'of the table: only stores whose id contains this')
    .option('--sales', 'of the table: what stores lost in the week while they were down, too')
    .addOption(groupOption())
    .option('--group-by <label>', 'a table with a row for each value of the label')
    .addHelpText(
      'after',
      examples(
        'report --from data/',
        'report --top 5 --sort downtime',
        'report --from data/ -o report.csv',
        'report --as-of 2023-01-25T18:00:00Z --reach 12h > report.csv',
        'report --from data/ --group chain=Soup --group-by city',
        'report --by week --since 2026-10-05 --until 2026-11-01',
        'report --url http://127.0.0.1:8000 --json | jq .uptimeLastWeekPercent',
      ),
    )
    .action(async (options: ReportCommandOptions) => {
      const { runReportCommand } = await import('../commands/report.ts')
      await runReportCommand(context, options)
    })
}
