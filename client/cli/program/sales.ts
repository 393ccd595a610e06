import { InvalidArgumentError, Option } from 'commander'
import type { SalesOptions } from '../commands/sales-at-risk.ts'
import type { Adder } from './adder.ts'
import { amount, numberOf } from './amount.ts'
import { groupOption } from './options.ts'

/** What it cost that stores were down. */
export function addSales({ context, addConnected, judging, dateOption, examples }: Adder): void {
  judging(addConnected('sales-at-risk', 'Tell what stores lost while they were down, as ranges.'))
    .argument('[store]', 'only of this store')
    .addOption(dateOption('--since <date>', 'the first local date, YYYY-MM-DD').makeOptionMandatory())
    .addOption(dateOption('--until <date>', 'the last local date, itself included').makeOptionMandatory())
    .addOption(groupOption())
    .option('--group-by <label>', 'of each value of the label together')
    .option('--recaptured <percent>', 'how much of it is ordered later (default: 0)', percent)
    .option('--average <amount>', 'what stores of which nothing else is known take in an hour', amount)
    .addOption(
      new Option(
        '--format <format>',
        'of what is written (default: table on a terminal, csv elsewhere)',
      ).choices(['csv', 'json', 'table']),
    )
    .addHelpText(
      'after',
      examples(
        'import orders.csv    (store_id,ordered_at_utc,amount) tells what stores take',
        'sales-at-risk --since 2026-10-26 --until 2026-11-01',
        'sales-at-risk --since 2026-10-26 --until 2026-11-01 --group city=Chicago --recaptured 20%',
        'sales-at-risk --since 2026-10-26 --until 2026-11-01 --group-by city',
        'sales-at-risk chicago-loop-01 --from data/ --since 2026-10-26 --until 2026-11-01 --average 85.50',
      ),
    )
    .action(async (storeId: string | undefined, options: SalesOptions) => {
      const { runSalesAtRisk } = await import('../commands/sales-at-risk.ts')
      await runSalesAtRisk(context, options, storeId)
    })
}

function percent(text: string): number {
  const number = numberOf(text.replace(/\s*%$/, ''))
  if (number <= 100) return number
  throw new InvalidArgumentError('Write a percentage, 0 to 100.')
}
