import type { SlosOptions } from '../commands/slos.ts'
import type { Adder } from './adder.ts'
import { formatOfAnswer, groupOption, mapOption } from './options.ts'

/** How much of the downtime that was promised is spent. */
export function addSlos({ context, addConnected, examples }: Adder): void {
  addConnected(
    'slos',
    'Tell how much of the downtime that they may have stores spent in a month: by the rules of budget.',
  )
    .option(
      '--from <path...>',
      'import these files and folders first: in a temporary database unless one is named',
    )
    .addOption(mapOption())
    .option('--month <YYYY-MM>', 'of this month, where stores are (default: that of the latest poll)')
    .option('--store <id>', 'only of this store')
    .addOption(groupOption())
    .option('--group-by <label>', 'of each value of the label together')
    .option('--all', 'of all stores together')
    .addOption(formatOfAnswer())
    .addHelpText(
      'after',
      examples(
        'alerts apply rules.yaml    with a rule such as {condition: budget, target: 99.5}',
        'slos',
        'slos --month 2026-10 --group city=Chicago --format csv',
        'slos --month 2026-10 --group-by city',
      ),
    )
    .action(async (options: SlosOptions) => {
      const { runSlos } = await import('../commands/slos.ts')
      await runSlos(context, options)
    })
}
