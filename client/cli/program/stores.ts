import { Option, type Command } from 'commander'
import type { RevenueOptions } from '../commands/set-revenue.ts'
import type { ChangeOptions, DetailsOptions } from '../commands/set-store.ts'
import type { StoreListOptions } from '../commands/stores.ts'
import type { TailOptions } from '../commands/tail.ts'
import type { TopOptions } from '../commands/top.ts'
import type { Adder } from './adder.ts'
import { amountOfStore } from './amount.ts'
import { groupOption, wholeNumber } from './options.ts'

/** What shows and changes stores. */
export function addStores({ context, addConnected, addListing, timeOption, examples }: Adder): void {
  addListing('stores', 'List stores with their timezone and business hours.')
    .argument('[search]', 'only those whose id contains this')
    .addOption(groupOption())
    .addHelpText('after', examples('stores', 'stores 8419 --json', 'stores --group city=Bonn'))
    .action(async (search: string | undefined, options: StoreListOptions) => {
      const { runStores } = await import('../commands/stores.ts')
      await runStores(context, options, search)
    })

  addConnected('top', 'Show which stores are down, the longest first: on a terminal as it changes.')
    .option('--limit <count>', 'show so many (default: as many as there is room for, or 50)', wholeNumber)
    .option('--all', 'show all')
    .addOption(groupOption())
    .option('--once', 'show it once')
    .addOption(new Option('--format <format>', 'write it once, as this').choices(['csv', 'json']))
    .addHelpText('after', examples('top', 'top --group city=Bonn', 'top --all --format csv > down.csv'))
    .action(async (options: TopOptions) => {
      const { runTop } = await import('../commands/top.ts')
      await runTop(context, options)
    })

  addConnected('tail', 'Tell which stores go down, and which are not down any more, until it is stopped.')
    .argument('[store]', 'only this store')
    .addOption(groupOption())
    .addOption(new Option('--format <format>', 'write a line of JSON for each change').choices(['json']))
    .addHelpText('after', examples('tail', 'tail --group city=Bonn', 'tail --format json | jq .storeId'))
    .action(async (storeId: string | undefined, options: TailOptions) => {
      const { runTail } = await import('../commands/tail.ts')
      await runTail(context, options, storeId)
    })

  function addStoreChange(nameAndArguments: string, description: string): Command {
    return addConnected(nameAndArguments, description)
      .option('--by <name>', 'who changes it')
      .option('--reason <text>', 'why')
      .option('--json', 'write the store as a line of JSON')
  }

  addStoreChange(
    'set-hours <store> <hours...>',
    'Set the weekly hours of a store; days without any are closed.',
  )
    .addOption(timeOption('--valid-from <time>', 'since when they hold (default: in place of all versions)'))
    .addHelpText(
      'after',
      examples(
        'set-hours 8419 Mon-Fri 09:00-17:30, Sat 10:00-14:00 18:00-02:00',
        'set-hours 8419 always --valid-from 2026-10-01T00:00:00Z',
      ),
    )
    .action(async (storeId: string, hours: string[], options: ChangeOptions) => {
      const { runSetHours } = await import('../commands/set-store.ts')
      await runSetHours(context, options, storeId, hours)
    })

  addStoreChange('set-timezone <store> <zone>', 'Set the timezone of a store.')
    .addOption(timeOption('--valid-from <time>', 'since when it holds (default: in place of all versions)'))
    .addHelpText('after', examples('set-timezone 8419 Europe/Berlin'))
    .action(async (storeId: string, zone: string, options: ChangeOptions) => {
      const { runSetTimezone } = await import('../commands/set-store.ts')
      await runSetTimezone(context, options, storeId, zone)
    })

  addStoreChange('set-special-hours <store> <date> <hours...>', 'Set the hours of a store on a date.')
    .addHelpText(
      'after',
      examples('set-special-hours 8419 2026-12-24 10:00-14:00', 'set-special-hours 8419 2026-12-25 closed'),
    )
    .action(async (storeId: string, date: string, hours: string[], options: ChangeOptions) => {
      const { runSetSpecialHours } = await import('../commands/set-store.ts')
      await runSetSpecialHours(context, options, storeId, date, hours)
    })

  addStoreChange('set-details <store>', 'Set the name and labels of a store; what is left out stays.')
    .option('--name <name>', 'what it is called')
    .option('--label <label=value...>', 'a label and its value; without a value it is taken away')
    .addHelpText('after', examples("set-details 8419 --name 'Berlin Mitte' --label city=Berlin chain=Soup"))
    .action(async (storeId: string, options: DetailsOptions) => {
      const { runSetDetails } = await import('../commands/set-store.ts')
      await runSetDetails(context, options, storeId)
    })

  addStoreChange('set-revenue <store>', 'Say what a store takes in an hour, where there are no orders.')
    .option('--hourly <amount>', 'on average', amountOfStore)
    .option('--week <file>', '168 amounts, from Monday 00:00 on; - where it is not known')
    .option('--none', 'nothing any more')
    .option('--currency <code>', 'of the amounts, such as EUR (default: as before)')
    .addHelpText(
      'after',
      examples('set-revenue 8419 --hourly 120 --currency EUR', 'set-revenue 8419 --week amounts.txt'),
    )
    .action(async (storeId: string, options: RevenueOptions) => {
      const { runSetRevenue } = await import('../commands/set-revenue.ts')
      await runSetRevenue(context, options, storeId)
    })
}
