import { AppError } from '../../../shared/app-error.ts'
import type { StoreRevenue } from '../../../shared/store-revenue.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext, MessageOptions } from '../context.ts'
import { printJson, printTable, type TableColumn } from '../output.ts'
import { textOfFile } from '../text-of-file.ts'

export interface RevenueOptions extends ConnectionOptions, MessageOptions {
  readonly hourly?: number
  /** A file. */
  readonly week?: string
  readonly none?: true
  readonly currency?: string
  readonly by?: string
  readonly reason?: string
  readonly json?: true
}

export async function runSetRevenue(
  context: CommandContext,
  options: RevenueOptions,
  storeId: string,
): Promise<void> {
  const { currency, by = null, reason = null } = options
  const perHour = await perHourOf(options)
  const said = currency === undefined ? {} : { currency }
  await withConnection(context, options, async ({ client }) => {
    const revenue = await client.store.setRevenue.mutate({ storeId, perHour, ...said, by, reason })
    if (options.json) await printJson(context, [revenue])
    else await printTable(context, columns, [revenue])
  })
}

async function perHourOf({ hourly, week, none }: RevenueOptions): Promise<number | (number | null)[] | null> {
  const given = [hourly, week, none].filter((one) => one !== undefined)
  if (given.length !== 1) {
    throw new AppError(
      'invalid',
      'write one of --hourly such as --hourly 120.50, --week with a file, or --none',
    )
  }
  if (week === undefined) return hourly ?? null
  const words = (await textOfFile(week)).split(/[\s,;]+/).filter((word) => word !== '')
  return words.map((word, i) => {
    if (word === '-') return null
    if (/^\d+(?:\.\d+)?$/.test(word)) return Number(word)
    throw new AppError(
      'invalid',
      `${week}: "${word.slice(0, 40)}", in place ${i + 1}, is no amount: write 168 such as 85.50, from Monday 00:00 on, and - where it is not known`,
    )
  })
}

const columns: readonly TableColumn<StoreRevenue>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'AN HOUR', align: 'right', cell: ({ perHour }) => amountsOf(perHour) },
  { head: 'CURRENCY', cell: ({ currency }) => currency ?? '' },
]

function amountsOf(perHour: StoreRevenue['perHour']): string {
  if (perHour === null) return 'not said'
  if (!Array.isArray(perHour)) return perHour.toFixed(2)
  const known = perHour.filter((amount) => amount !== null)
  return `${Math.min(...known).toFixed(2)} to ${Math.max(...known).toFixed(2)}, of ${known.length} hours`
}
