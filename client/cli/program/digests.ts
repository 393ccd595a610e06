import type { Command } from 'commander'
import type { DigestsOptions, PreviewCommandOptions } from '../commands/digests.ts'
import type { Adder } from './adder.ts'

/** What is told of each day or week. */
export function addDigests({ context, addConnected, connected, dateOption, examples }: Adder): void {
  const digests = addConnected(
    'digests',
    'List what is told of each day or week, and when it is next; or show what it would be.',
  )
    .enablePositionalOptions()
    .option('--json', 'write a line of JSON for each')
    .addHelpText(
      'after',
      examples(
        'digests',
        'digests preview owners-of-soup',
        'digests preview owners-of-soup --date 2026-10-05',
      ),
    )
    .action(async (options: DigestsOptions) => {
      const { runDigests } = await import('../commands/digests.ts')
      await runDigests(context, options)
    })

  connected(
    digests
      .command('preview')
      .description('Show what a digest would tell; nothing is sent, and no report is kept.'),
  )
    .argument('<digest>', 'its name')
    .addOption(dateOption('--date <date>', 'a local date of the period (default: of the last that was due)'))
    .option('--json', 'write it as JSON')
    .action(async (name: string, _: unknown, command: Command) => {
      const { runPreviewDigest } = await import('../commands/digests.ts')
      await runPreviewDigest(context, command.optsWithGlobals<PreviewCommandOptions>(), name)
    })
}
