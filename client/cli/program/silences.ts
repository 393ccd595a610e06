import { Option, type Command } from 'commander'
import { incidentConditions, severities } from '../../../shared/incident-condition.ts'
import type { SilenceOptions, SilencesOptions } from '../commands/silences.ts'
import type { Adder } from './adder.ts'
import { wholeNumber } from './options.ts'

/** What holds back what is told, below `alerts`. */
export function addSilences(alerts: Command, { context, connected, timeOption }: Adder): void {
  connected(alerts.command('silences').description('List silences, the newest first.'))
    .option('--limit <count>', 'show so many', wholeNumber, 50)
    .option('--all', 'show all')
    .option('--json', 'write a line of JSON for each')
    .action(async (_: unknown, command: Command) => {
      const { runSilences } = await import('../commands/silences.ts')
      await runSilences(context, command.optsWithGlobals<SilencesOptions>())
    })

  connected(
    alerts
      .command('silence')
      .description('Hold back some of what happens; what is still so at the end is told then.'),
  )
    .addOption(new Option('--severity <severity...>', 'only what is so bad').choices(severities))
    .addOption(new Option('--condition <condition...>', 'only such').choices(incidentConditions))
    .option('--group <label=value...>', 'only of stores that are in all of these groups')
    .option('--store <id...>', 'only of these stores')
    .addOption(timeOption('--from <time>', 'from when (default: now)'))
    .option('--for <duration>', 'for how long, such as 2h')
    .addOption(timeOption('--to <time>', 'until when'))
    .requiredOption('--reason <text>', 'why')
    .option('--by <name>', 'who makes it')
    .option('--json', 'write it as JSON')
    .action(async (_: unknown, command: Command) => {
      const { runSilence } = await import('../commands/silences.ts')
      await runSilence(context, command.optsWithGlobals<SilenceOptions>())
    })

  connected(alerts.command('unsilence').description('End a silence early.'))
    .argument('<silence>', 'its number', wholeNumber)
    .option('--by <name>', 'who ends it')
    .option('--json', 'write it as JSON')
    .action(async (silenceId: number, _: unknown, command: Command) => {
      const { runEndSilence } = await import('../commands/silences.ts')
      await runEndSilence(context, command.optsWithGlobals<SilencesOptions & { by?: string }>(), silenceId)
    })
}
