import { Option } from 'commander'
import type { ImportsOptions } from '../commands/imports.ts'
import type { RejectedOptions } from '../commands/rejected.ts'
import type { WatchedOptions } from '../commands/watched.ts'
import type { Adder } from './adder.ts'
import { wholeNumber } from './options.ts'

/** What became of files. */
export function addImports({ context, addListing, examples }: Adder): void {
  addListing('imports', 'List imported files, the newest first; or show one, and what it changed.')
    .argument('[import]', 'this one, and the first stores of which it changed something', wholeNumber)
    .option('--stores', 'with an import: list the stores of which it changed something')
    .option('--wait', 'with an import: wait until it has ended')
    .option('--store <id>', 'only those that changed something of this store')
    .addHelpText(
      'after',
      examples(
        'imports',
        'imports --json --limit 1',
        'imports 3',
        'imports 3 --stores --all',
        'imports 3 --wait',
        'imports --store 8419',
      ),
    )
    .action(async (importId: number | undefined, options: ImportsOptions) => {
      const { runImports } = await import('../commands/imports.ts')
      await runImports(context, options, importId)
    })

  addListing('watched', 'List what became of the files of watched folders, the last ones first.')
    .option('--failed', 'only those of which nothing could be taken')
    .option('--folders', 'list the folders that the server watches, and how they are')
    .addHelpText('after', examples('watched', 'watched --failed', 'watched --folders'))
    .action(async (options: WatchedOptions) => {
      const { runWatched } = await import('../commands/watched.ts')
      await runWatched(context, options)
    })

  addListing('rejected', 'List rows that were not taken, and why.')
    .argument('[import]', 'only those of this import', wholeNumber)
    .addOption(
      new Option('--by <what>', 'count all rows of the import, by reason or store').choices([
        'reason',
        'store',
      ]),
    )
    .addHelpText('after', examples('rejected', 'rejected 3 --all', 'rejected 3 --by reason'))
    .action(async (importId: number | undefined, options: RejectedOptions) => {
      const { runRejected } = await import('../commands/rejected.ts')
      await runRejected(context, options, importId)
    })
}
