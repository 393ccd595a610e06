import { Option, type Command } from 'commander'
import type { ApplyRulesOptions, ExportRulesOptions } from '../commands/alert-rules.ts'
import type { SimulateOptions } from '../commands/simulate.ts'
import type { Adder } from './adder.ts'
import { formatOfAnswer, mapOption, wholeNumber } from './options.ts'

/** What says by what rules incidents are found: below what is told of them. */
export function addAlertRules(
  alerts: Command,
  { context, connected, timeOption }: Pick<Adder, 'context' | 'connected' | 'timeOption'>,
): void {
  connected(
    alerts.command('apply').description('Put the rules of a file in force, instead of all that there are.'),
  )
    .argument('<file>', 'the rules as YAML or JSON')
    .option('--by <name>', 'who changes them')
    .option('--reason <text>', 'why')
    .option('--json', 'write what is in force as a line of JSON')
    .action(async (path: string, _: unknown, command: Command) => {
      const { runApplyRules } = await import('../commands/alert-rules.ts')
      await runApplyRules(context, command.optsWithGlobals<ApplyRulesOptions>(), path)
    })

  connected(alerts.command('export').description('Write the rules in force, as a file that can be applied.'))
    .addOption(new Option('--format <format>', 'of the file').choices(['yaml', 'json']).default('yaml'))
    .option('--of <version>', 'those of this version', wholeNumber)
    .action(async (_: unknown, command: Command) => {
      const { runExportRules } = await import('../commands/alert-rules.ts')
      await runExportRules(context, command.optsWithGlobals<ExportRulesOptions>())
    })

  connected(
    alerts
      .command('simulate')
      .description(
        'Tell what would have been told in some time, by the rules in force or by others. Nothing is sent.',
      ),
  )
    .option(
      '--from <path...>',
      'import these files and folders first: in a temporary database unless one is named',
    )
    .addOption(mapOption())
    .addOption(timeOption('--since <time>', 'from then on (default: a week before --until)'))
    .addOption(timeOption('--until <time>', 'before then (default: the latest poll)'))
    .option('--rules <file>', 'by the rules of this file, as YAML or JSON')
    .addOption(formatOfAnswer())
    .action(async (_: unknown, command: Command) => {
      const { runSimulate } = await import('../commands/simulate.ts')
      await runSimulate(context, command.optsWithGlobals<SimulateOptions>())
    })
}
