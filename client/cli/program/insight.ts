import { Option, type Command } from 'commander'
import { periodUnits } from '../../../shared/period-unit.ts'
import type { CheckOptions } from '../commands/check.ts'
import type { ExplainOptions } from '../commands/explain.ts'
import type { HistoryOptions } from '../commands/history.ts'
import type { OutagesOptions } from '../commands/outages.ts'
import type { Adder } from './adder.ts'
import { exampleId, formatOfAnswer, groupOption, mapOption, wholeNumber } from './options.ts'

/** What is answered at once about stores and their time. */
export function addInsight({ context, addConnected, judging, dateOption, examples }: Adder): void {
  addConnected('check', 'Tell which figures to doubt, and what to do about it.')
    .option('--from <path...>', 'check these files and folders: in a temporary database unless one is named')
    .addOption(mapOption())
    .addOption(groupOption())
    .option('--limit <count>', 'name so many stores of each finding', wholeNumber, 10)
    .option('--json', 'write a line of JSON for each finding')
    .addHelpText('after', examples('check', 'check --from data/', 'check --limit 1000 --json'))
    .action(async (options: CheckOptions) => {
      const { runCheck } = await import('../commands/check.ts')
      await runCheck(context, options)
    })

  function addJudging(nameAndArguments: string, description: string): Command {
    return judging(addConnected(nameAndArguments, description)).addOption(formatOfAnswer())
  }

  addJudging('explain', "Take a store's time apart: what it was when, and the polls and rules that say so.")
    .argument('<store>', 'its id')
    .addOption(
      dateOption(
        '--since <date or time>',
        'from this local date, or instant, on (default: a week before the end)',
      ),
    )
    .addOption(
      dateOption(
        '--until <date or time>',
        'to the end of this local date, or to before this instant (default: --as-of)',
      ),
    )
    .option('--report <id>', "a report's row of the store, and whether it still comes out so")
    .addHelpText(
      'after',
      examples(
        'explain chicago-loop-01',
        'explain chicago-loop-01 --from data/ --since 2026-11-02 --until 2026-11-03',
        'explain chicago-loop-01 --since 2026-11-02T12:00:00Z --until 2026-11-03T23:00:00Z --format csv',
        `explain chicago-loop-01 --report ${exampleId}`,
      ),
    )
    .action(async (storeId: string, options: ExplainOptions) => {
      const { runExplain } = await import('../commands/explain.ts')
      await runExplain(context, options, storeId)
    })

  addJudging('outages', 'List the outages that have down time on some local dates.')
    .argument('[store]', 'only those of this store')
    .addOption(dateOption('--since <date>', 'the first local date, YYYY-MM-DD').makeOptionMandatory())
    .addOption(dateOption('--until <date>', 'the last local date, itself included').makeOptionMandatory())
    .addOption(
      new Option('--sort <by>', 'in which order (default: store); the others show the first 1,000').choices([
        'store',
        'longest',
        'ongoing',
      ]),
    )
    .addOption(groupOption())
    .option('--group-by <label>', 'how many, and how long, for each value of the label')
    .addHelpText(
      'after',
      examples(
        'outages --since 2026-10-05 --until 2026-11-01',
        'outages chicago-loop-01 --from data/ --since 2026-10-05 --until 2026-11-01 --format csv',
        'outages --since 2026-11-04 --until 2026-11-04 --sort ongoing',
        'outages --since 2026-10-05 --until 2026-11-01 --group-by city',
      ),
    )
    .action(async (storeId: string | undefined, options: OutagesOptions) => {
      const { runOutages } = await import('../commands/outages.ts')
      await runOutages(context, options, storeId)
    })

  addJudging('history', 'Show the business time of a store, of groups or of all stores by period.')
    .argument('[store]', 'its id')
    .addOption(
      new Option('--by <period>', 'a line for each of these').choices(periodUnits).makeOptionMandatory(),
    )
    .addOption(dateOption('--since <date>', 'the first local date, YYYY-MM-DD').makeOptionMandatory())
    .addOption(dateOption('--until <date>', 'the last local date, itself included').makeOptionMandatory())
    .addOption(groupOption())
    .option('--all', 'of all stores together')
    .option('--group-by <label>', 'with --group or --all: for each value of the label')
    .addHelpText(
      'after',
      examples(
        'history chicago-loop-01 --by day --since 2026-10-26 --until 2026-11-01',
        'history --group city=Chicago --by week --since 2026-10-05 --until 2026-11-01',
        'history --all --group-by city --by month --since 2026-01-01 --until 2026-12-31 --format csv',
      ),
    )
    .action(async (storeId: string | undefined, options: HistoryOptions) => {
      const { runHistory } = await import('../commands/history.ts')
      await runHistory(context, options, storeId)
    })
}
