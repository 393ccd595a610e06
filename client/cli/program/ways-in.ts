import type { ImportCommandOptions } from '../commands/import.ts'
import type { PushCommandOptions } from '../commands/push.ts'
import type { Adder, ConnectedListOptions } from './adder.ts'
import { mapOption, maxRejected, wholeNumber } from './options.ts'

/** What brings data in. */
export function addWaysIn({ context, addConnected, addListing, examples }: Adder): void {
  addConnected('import', 'Import CSV files, or folders of them; what a file holds is seen from its header.')
    .argument('<path...>', 'files and folders; - reads stdin')
    .addOption(mapOption())
    .option(
      '--max-rejected <count or part>',
      'refuse a file of which more rows are rejected, such as 20 or 2.5% (default: no limit)',
      maxRejected,
    )
    .option(
      '--no-wait',
      'with --url: return once the server has the files, and imports them whatever becomes of it',
    )
    .option('--json', "write a line of JSON for each file's record")
    .addHelpText(
      'after',
      examples(
        'import data/',
        'import data/ --max-rejected 1%',
        "import export.csv --map 'store_id=Outlet No'",
        'import store_status.csv --url http://127.0.0.1:8000',
        'import large.csv --url http://127.0.0.1:8000 --no-wait',
      ),
    )
    .action(async (paths: string[], options: ImportCommandOptions) => {
      const { withImportTarget } = await import('../import-target.ts')
      await withImportTarget(context, options, async (target) => {
        const { runImport } = await import('../commands/import.ts')
        await runImport(context, options, target, paths)
      })
    })

  addConnected('push', 'Add polls as they come: CSV, an array of JSON, or a line of JSON for each.')
    .argument('<file>', 'the file, which may be packed (.gz, .zst); - takes lines from stdin as they come')
    .option('--source <name>', 'who sends them, to be counted', 'cli')
    .option(
      '--retries <count>',
      'how often lines of stdin are sent again to a server that is away or busy (default: 8)',
      wholeNumber,
    )
    .option('--json', 'write the result as a line of JSON')
    .addHelpText(
      'after',
      `${examples('push polls.ndjson', 'push - --url http://127.0.0.1:8000 < polls.csv')}

From stdin, lines are sent within a second, also where there is no end: tail -f polls.ndjson | … push -`,
    )
    .action(async (path: string, options: PushCommandOptions) => {
      const { runPush } = await import('../commands/push.ts')
      await runPush(context, options, path)
    })

  addListing('pushed', 'List what was pushed, by hour and source, the newest first.').action(
    async (options: ConnectedListOptions) => {
      const { runPushed } = await import('../commands/push.ts')
      await runPushed(context, options)
    },
  )
}
