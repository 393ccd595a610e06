import { Option, type Command } from 'commander'
import { outboxStates } from '../../../shared/alert-kinds.ts'
import type { AlertsOptions, OutboxOptions } from '../commands/alerts.ts'
import type { Adder } from './adder.ts'
import { addAlertRules } from './alert-rules.ts'
import { wholeNumber } from './options.ts'
import { addSilences } from './silences.ts'

/** What is told to people and programs elsewhere. */
export function addAlerts(adder: Adder): void {
  const { context, addConnected, connected, examples } = adder
  const alerts = addConnected(
    'alerts',
    'List by what is told what happened; or test it, or see what was told.',
  )
    .enablePositionalOptions()
    .option('--json', 'write a line of JSON for each')
    .addHelpText(
      'after',
      examples(
        'alerts channels',
        'alerts test on-call',
        'alerts outbox --channel on-call',
        'alerts dead-letters',
        "alerts silence --group city=Bonn --for 2h --reason 'the power is out'",
        'alerts export > alerts.yaml',
        "alerts apply alerts.yaml --by Ann --reason 'fewer at night'",
        'alerts simulate --since -28d --rules alerts.yaml',
      ),
    )
    .action(async (options: AlertsOptions) => {
      const { runChannels } = await import('../commands/alerts.ts')
      await runChannels(context, options)
    })

  connected(alerts.command('channels').description('List channels, and how they have been.'))
    .option('--json', 'write a line of JSON for each')
    .action(async (_: unknown, command: Command) => {
      const { runChannels } = await import('../commands/alerts.ts')
      await runChannels(context, command.optsWithGlobals<AlertsOptions>())
    })

  connected(
    alerts.command('test').description('Send a message that is marked as a test, and show what is answered.'),
  )
    .argument('<channel>', 'the channel')
    .option('--json', 'write it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { runTestChannel } = await import('../commands/alerts.ts')
      await runTestChannel(context, command.optsWithGlobals<AlertsOptions>(), name)
    })

  listing('outbox', 'List what is to be told, or was, the newest first.')
    .addOption(new Option('--state <state>', 'only such').choices(outboxStates))
    .action(async (_: unknown, command: Command) => {
      const { runOutbox } = await import('../commands/alerts.ts')
      await runOutbox(context, command.optsWithGlobals<OutboxOptions>())
    })

  listing('dead-letters', 'List what was given up, the newest first.').action(
    async (_: unknown, command: Command) => {
      const { runOutbox } = await import('../commands/alerts.ts')
      await runOutbox(context, { ...command.optsWithGlobals<OutboxOptions>(), state: 'dead' })
    },
  )

  connected(
    alerts
      .command('replay')
      .description('Have a dead letter sent again, and those that were given up with it.'),
  )
    .argument('<message>', 'its id')
    .option('--json', 'write it as JSON')
    .action(async (messageId: string, _: unknown, command: Command) => {
      const { runReplay } = await import('../commands/alerts.ts')
      await runReplay(context, command.optsWithGlobals<AlertsOptions>(), messageId)
    })

  addSilences(alerts, adder)
  addAlertRules(alerts, adder)

  function listing(name: string, description: string): Command {
    return connected(alerts.command(name).description(description))
      .option('--channel <name>', 'only of this channel')
      .option('--limit <count>', 'show so many', wholeNumber, 50)
      .option('--all', 'show all')
      .option('--json', 'write a line of JSON for each')
  }
}
