import { Option, type Command } from 'commander'
import type { ApplyRulesOptions, ExportRulesOptions } from '../commands/alert-rules.ts'
import type { Adder } from './adder.ts'
import { wholeNumber } from './options.ts'

/** What says by what rules incidents are found: below what is told of them. */
export function addAlertRules(
  alerts: Command,
  { context, connected }: Pick<Adder, 'context' | 'connected'>,
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
}
