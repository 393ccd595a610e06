import { Option, type Command } from 'commander'
import { changeKinds } from '../../../shared/change-kind.ts'
import { correctionKinds } from '../../../shared/correction-kind.ts'
import type { ChangesOptions } from '../commands/changes.ts'
import type { AddCorrectionOptions, CorrectionListOptions, RevokeOptions } from '../commands/corrections.ts'
import type { DeletePollsOptions, DeleteStoreOptions } from '../commands/delete-data.ts'
import type { Adder } from './adder.ts'
import { groupOption, wholeNumber } from './options.ts'

/** What corrects and deletes data, and what has changed them. */
export function addChanges({
  context,
  addConnected,
  connected,
  addListing,
  timeOption,
  examples,
}: Adder): void {
  const corrections = addListing('corrections', 'List corrections, the newest first; or add or revoke one.')
    .enablePositionalOptions()
    .option('--store <id>', 'only those of this store')
    .option('--in-force', 'only those that count, none that were revoked')
    .addOption(groupOption())
    .addHelpText(
      'after',
      examples(
        'corrections --store 8419',
        "corrections add 8419 --from 2026-10-05T09:00Z --to 2026-10-05T11:30Z --kind excused --reason 'power cut'",
        'corrections revoke 7 --by Ann',
      ),
    )
    .action(async (options: CorrectionListOptions) => {
      const { runCorrections } = await import('../commands/corrections.ts')
      await runCorrections(context, options)
    })

  connected(corrections.command('list').description('List corrections, the newest first.')).action(
    async (_: unknown, command: Command) => {
      const { runCorrections } = await import('../commands/corrections.ts')
      await runCorrections(context, command.optsWithGlobals<CorrectionListOptions>())
    },
  )

  connected(corrections.command('add').description('Say what is known better than the polls.'))
    .argument('<store>', 'the store that it is about')
    .addOption(timeOption('--from <time>', 'the first instant that it is about').makeOptionMandatory())
    .addOption(
      timeOption('--to <time>', 'the first instant that it is not about any more').makeOptionMandatory(),
    )
    .addOption(
      new Option('--kind <kind>', 'no business time, excused time, or polls that are wrong')
        .choices(correctionKinds)
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why')
    .option('--author <name>', 'who says so')
    .action(async (storeId: string, _: unknown, command: Command) => {
      const { runAddCorrection } = await import('../commands/corrections.ts')
      await runAddCorrection(context, command.optsWithGlobals<AddCorrectionOptions>(), storeId)
    })

  connected(corrections.command('revoke').description('Revoke a correction: it counts no more.'))
    .argument('<number>', 'the correction', wholeNumber)
    .option('--by <name>', 'who revokes it')
    .option('--reason <text>', 'why')
    .action(async (correctionId: number, _: unknown, command: Command) => {
      const { runRevokeCorrection } = await import('../commands/corrections.ts')
      await runRevokeCorrection(context, command.optsWithGlobals<RevokeOptions>(), correctionId)
    })

  addListing(
    'changes',
    'List what changed the data, the newest first: imports, rules, corrections, deletions.',
  )
    .option('--store <id>', 'only those that touched this store, alone or with others')
    .addOption(new Option('--kind <kind>', 'only those of this kind').choices(changeKinds))
    .addOption(timeOption('--since <time>', 'only those that were made then or later'))
    .addHelpText(
      'after',
      examples('changes', 'changes --store 8419 --json', 'changes --since 2026-11-01T00:00Z'),
    )
    .action(async (options: ChangesOptions) => {
      const { runChanges } = await import('../commands/changes.ts')
      await runChanges(context, options)
    })

  function addDeletion(nameAndArguments: string, description: string): Command {
    return addConnected(nameAndArguments, description)
      .requiredOption('--reason <text>', 'why')
      .option('--by <name>', 'who deletes it')
      .option('--yes', 'delete it; without, only tell what would be deleted')
      .option('--json', 'write a line of JSON')
  }

  addDeletion('delete-polls', 'Delete the polls of a store, a group or all stores in some time.')
    .argument('[store]', 'only those of this store')
    .option('--group <label=value...>', 'those of stores that are in all of these groups')
    .option('--all', 'those of all stores')
    .addOption(timeOption('--from <time>', 'the first instant whose polls go').makeOptionMandatory())
    .addOption(timeOption('--to <time>', 'the first instant whose polls stay again').makeOptionMandatory())
    .addHelpText(
      'after',
      examples(
        "delete-polls 8419 --from 2026-10-05T09:00Z --to 2026-10-05T11:30Z --reason 'poller was broken'",
        "delete-polls --group city=Bonn --from 2026-10-05T00:00Z --to 2026-10-06T00:00Z --reason 'a test' --yes",
      ),
    )
    .action(async (storeId: string | undefined, options: DeletePollsOptions) => {
      const { runDeletePolls } = await import('../commands/delete-data.ts')
      await runDeletePolls(context, options, storeId)
    })

  addDeletion('delete-store <store>', 'Delete a store with its rules, polls, labels and corrections.')
    .addHelpText('after', examples("delete-store 8419 --reason 'closed for good' --by Ann --yes"))
    .action(async (storeId: string, options: DeleteStoreOptions) => {
      const { runDeleteStore } = await import('../commands/delete-data.ts')
      await runDeleteStore(context, options, storeId)
    })
}
