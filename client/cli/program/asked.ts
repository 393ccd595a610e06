import type { Command } from 'commander'
import type { TryPollerCommandOptions } from '../commands/pollers.ts'
import type { PullCommandOptions, SourcesOptions, TrySourceOptions } from '../commands/sources.ts'
import type { Adder } from './adder.ts'
import { wholeNumber } from './options.ts'

/** What a server asks others for by itself. */
export function addAsked({ context, addConnected, connected, examples }: Adder): void {
  const sources = addConnected('sources', 'List what the server pulls by a schedule; or pull or try one.')
    .enablePositionalOptions()
    .option('--json', 'write a line of JSON for each')
    .addHelpText(
      'after',
      examples(
        'sources --url http://127.0.0.1:8000',
        'sources try platform --answer answer.json',
        'sources pull platform --url http://127.0.0.1:8000',
      ),
    )
    .action(async (options: SourcesOptions) => {
      const { runSources } = await import('../commands/sources.ts')
      await runSources(context, options)
    })

  connected(sources.command('pull').description('Pull one now.'))
    .argument('<name>', 'the source')
    .option('--again', 'import it also where it is what was imported last')
    .option('--json', 'write what it brought as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { runPull } = await import('../commands/sources.ts')
      await runPull(context, command.optsWithGlobals<PullCommandOptions>(), name)
    })

  connected(sources.command('try').description('Show what would be taken of one, and store nothing.'))
    .argument('<name>', 'the source')
    .option('--answer <file>', 'what would be answered, instead of asking for it')
    .option('--json', 'write it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { runTrySource } = await import('../commands/sources.ts')
      await runTrySource(context, command.optsWithGlobals<TrySourceOptions>(), name)
    })

  const pollers = addConnected('pollers', 'List what asks stores by turns; or try one.')
    .enablePositionalOptions()
    .option('--json', 'write a line of JSON for each')
    .addHelpText(
      'after',
      examples('pollers --url http://127.0.0.1:8000', 'pollers try website --store chicago-loop-01'),
    )
    .action(async (options: SourcesOptions) => {
      const { runPollers } = await import('../commands/pollers.ts')
      await runPollers(context, options)
    })

  connected(pollers.command('try').description('Show what would be taken of an answer, and store nothing.'))
    .argument('<name>', 'the poller')
    .option('--store <id>', 'the store to ask (default: the first)')
    .option('--answer <file>', 'what would be answered, instead of asking for it')
    .option('--status <status>', 'the status of that', wholeNumber, 200)
    .option('--json', 'write it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { runTryPoller } = await import('../commands/pollers.ts')
      await runTryPoller(context, command.optsWithGlobals<TryPollerCommandOptions>(), name)
    })
}
