import { AppError } from '../../../shared/app-error.ts'
import { sloCsvHeader, sloCsvLine } from '../../../shared/insight-csv.ts'
import { allPages, itemsOf, writePages } from '../all-pages.ts'
import { say, type CommandContext } from '../context.ts'
import { printSlos, writeSloGroups } from '../slo-table.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface SlosOptions extends DataOptions {
  readonly month?: string
  readonly store?: string
  /** Each as label=value. */
  readonly group?: string[]
  /** A label. */
  readonly groupBy?: string
  readonly all?: true
  readonly format?: 'csv' | 'json'
}

export async function runSlos(context: CommandContext, options: SlosOptions): Promise<void> {
  const { store, groupBy, all } = options
  const isOfGroups = groupBy !== undefined || all !== undefined
  if (isOfGroups && store !== undefined) {
    throw new AppError(
      'invalid',
      '--group-by and --all are for where many stores stand together: leave out --store',
    )
  }
  await withData(context, options, async ({ client }) => {
    if (isOfGroups) {
      const by = groupBy === undefined ? {} : { by: groupBy }
      return writeSloGroups(context, options, await client.slo.groups.query({ ...by, ...queryOf(options) }))
    }
    const pages = allPages((page) =>
      client.slo.list.query({
        ...queryOf(options),
        ...page,
        ...(store === undefined ? {} : { storeId: store }),
      }),
    )
    if (options.format === undefined && context.stdout.isTTY) {
      const rows = await itemsOf(pages)
      if (rows.length === 0) say(context, options, noRule)
      else await printSlos(context, rows)
      return
    }
    await writePages(context, pages, options.format, { header: sloCsvHeader, lineOf: sloCsvLine })
  })
}

const noRule =
  'there are none: of these stores no uptime is promised; write a rule of budget, and put it in force with "alerts apply"'

function queryOf({ month, group }: SlosOptions) {
  return {
    ...(month === undefined ? {} : { month }),
    ...(group === undefined ? {} : { labels: group }),
  }
}
