import { Option, type Command } from 'commander'
import { pollFormats } from '../../../shared/poll-file.ts'
import type { ExportPollsCommandOptions, PollsCommandOptions } from '../commands/polls.ts'
import type { Adder } from './adder.ts'
import { groupOption } from './options.ts'

/** What gives polls out again. */
export function addPolls({ context, connected, addListing, timeOption, examples }: Adder): void {
  function wanting(command: Command): Command {
    return command
      .argument('[store]', 'only those of this store')
      .addOption(timeOption('--from <time>', 'the first instant whose polls are meant'))
      .addOption(timeOption('--to <time>', 'the first instant whose polls are not meant any more'))
      .addOption(groupOption())
  }

  const polls = wanting(addListing('polls', 'List polls by store and time; or write them to a file.'))
    .enablePositionalOptions()
    .addHelpText(
      'after',
      examples(
        'polls chicago-loop-01 --from 2026-11-04T00:00Z',
        'polls export -o backup/',
        'polls export --group city=Bonn --from 2026-10-01T00:00Z --to 2026-11-01T00:00Z -o bonn.parquet',
      ),
    )
    .action(async (storeId: string | undefined, options: PollsCommandOptions) => {
      const { runPolls } = await import('../commands/polls.ts')
      await runPolls(context, options, storeId)
    })

  const toExport = polls
    .command('export')
    .description('Write polls to stdout or a file: CSV as import takes it, or else.')
  wanting(connected(toExport))
    .addOption(
      new Option('--format <format>', 'of the file (default: as its name ends, or csv)').choices(pollFormats),
    )
    .option('-o, --output <file or folder>', 'write it here; in a folder it is named by its dates')
    .option('--json', 'the same as --format ndjson')
    .action(async (storeId: string | undefined, _: unknown, command: Command) => {
      const { runExportPolls } = await import('../commands/polls.ts')
      await runExportPolls(context, command.optsWithGlobals<ExportPollsCommandOptions>(), storeId)
    })
}
