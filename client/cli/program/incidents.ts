import { Option, type Command } from 'commander'
import { incidentConditions } from '../../../shared/incident-condition.ts'
import type { IncidentsOptions } from '../commands/incidents.ts'
import type { AcknowledgeOptions, ToldOptions } from '../commands/told-incidents.ts'
import type { Adder } from './adder.ts'
import { formatOfAnswer, groupOption, mapOption, wholeNumber } from './options.ts'

/** What somebody is to be told of, and what was told. */
export function addIncidents({ context, addConnected, connected, timeOption, examples }: Adder): void {
  const conditionOption = () =>
    new Option('--condition <condition>', 'only of this one').choices(incidentConditions)

  const incidents = addConnected(
    'incidents',
    'List what somebody is to be told of: stores that are down, not polled, unstable …; or what was told, and acknowledge it.',
  )
    .enablePositionalOptions()
    .option(
      '--from <path...>',
      'import these files and folders first: in a temporary database unless one is named',
    )
    .addOption(mapOption())
    .addOption(
      timeOption('--since <time>', 'those that were open then or later (default: a week before --until)'),
    )
    .addOption(timeOption('--until <time>', 'those that opened before (default: the latest poll)'))
    .option('--open', 'only those that are open')
    .option('--store <id>', 'only those of this store')
    .addOption(conditionOption())
    .addOption(groupOption())
    .addOption(formatOfAnswer())
    .addHelpText(
      'after',
      examples(
        'incidents --open',
        'incidents --since -28d --condition down --format csv',
        'incidents --store chicago-loop-01 --since 2026-10-05 --until 2026-11-01',
        'incidents told --open',
        "incidents ack 12 --note 'the oven is being mended' --for 4h --by Ann",
      ),
    )
    .action(async (options: IncidentsOptions) => {
      const { runIncidents } = await import('../commands/incidents.ts')
      await runIncidents(context, options)
    })

  connected(
    incidents.command('told').description('List those of which something was told, the latest first.'),
  )
    .option('--open', 'only those that are open')
    .option('--store <id>', 'only those of this store')
    .addOption(conditionOption())
    .option('--limit <count>', 'show so many', wholeNumber, 50)
    .option('--all', 'show all')
    .option('--json', 'write a line of JSON for each')
    .action(async (_: unknown, command: Command) => {
      const { runToldIncidents } = await import('../commands/told-incidents.ts')
      await runToldIncidents(context, command.optsWithGlobals<ToldOptions>())
    })

  numbered('get', 'Show one that was told, with what became of it, and of its messages.').action(
    async (incidentId: number, _: unknown, command: Command) => {
      const { runToldIncident } = await import('../commands/told-incidents.ts')
      await runToldIncident(context, command.optsWithGlobals<ToldOptions>(), incidentId)
    },
  )

  numbered('ack', 'Acknowledge one: until that ends, it is told neither again nor to others.')
    .option('--note <text>', 'what is to be known of it')
    .option('--for <duration>', 'for how long, such as 4h (default: until it is over)')
    .addOption(timeOption('--until <time>', 'until when'))
    .option('--by <name>', 'who acknowledges it')
    .action(async (incidentId: number, _: unknown, command: Command) => {
      const { runAcknowledge } = await import('../commands/told-incidents.ts')
      await runAcknowledge(context, command.optsWithGlobals<AcknowledgeOptions>(), incidentId)
    })

  numbered('unack', 'Take back that one was acknowledged.').action(
    async (incidentId: number, _: unknown, command: Command) => {
      const { runTakeBack } = await import('../commands/told-incidents.ts')
      await runTakeBack(context, command.optsWithGlobals<ToldOptions>(), incidentId)
    },
  )

  function numbered(name: string, description: string): Command {
    return connected(incidents.command(name).description(description))
      .argument('<incident>', 'its number', wholeNumber)
      .option('--json', 'write it as JSON')
  }
}
