import { AppError } from '../../../shared/app-error.ts'
import { salesCsvHeader, salesCsvLine } from '../../../shared/insight-csv.ts'
import type { SalesRow } from '../../../shared/sales-at-risk.ts'
import type { StoreMonitorClient } from '../../client.ts'
import { allPages, itemsOf, writePages } from '../all-pages.ts'
import { say, type CommandContext } from '../context.ts'
import { judgingOptionsOf, type JudgingCommandOptions } from '../judging-options.ts'
import { writeSalesGroups } from '../sales-groups-table.ts'
import { printSales } from '../sales-table.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface SalesOptions extends DataOptions, JudgingCommandOptions {
  readonly since: string
  readonly until: string
  readonly format?: 'csv' | 'json' | 'table'
  /** Each as label=value. */
  readonly group?: string[]
  /** A label. */
  readonly groupBy?: string
  readonly recaptured?: number
  readonly average?: number
}

export async function runSalesAtRisk(
  context: CommandContext,
  options: SalesOptions,
  storeId: string | undefined,
): Promise<void> {
  const format = options.format ?? (context.stdout.isTTY ? 'table' : 'csv')
  const { groupBy } = options
  if (groupBy !== undefined && storeId !== undefined) throw ofManyStores()
  await withData(context, options, async ({ client }) => {
    if (groupBy !== undefined) {
      const groups = await client.sales.groups.query({ by: groupBy, ...queryOf(options) })
      context.signal.throwIfAborted()
      return writeSalesGroups(context, { ...options, format }, groups)
    }
    const pages = pagesOf(client, options, storeId)
    if (format === 'table') {
      const rows = await itemsOf(pages)
      if (rows.length === 0) say(context, options, 'no store was down')
      else await printSales(context, rows)
      return
    }
    await writePages(context, pages, format, { header: salesCsvHeader, lineOf: salesCsvLine })
  })
}

async function* pagesOf(
  client: StoreMonitorClient,
  options: SalesOptions,
  storeId: string | undefined,
): AsyncGenerator<readonly SalesRow[]> {
  // All pages look back from the same instant.
  const asOf = options.asOf ?? (await client.health.query()).database.latestPollAt
  yield* allPages((page) =>
    client.sales.atRisk.query({
      ...queryOf(options),
      ...page,
      ...(asOf === null ? {} : { asOf }),
      ...(storeId === undefined ? {} : { storeId }),
    }),
  )
}

function queryOf(options: SalesOptions) {
  const { since, until, group, recaptured, average } = options
  return {
    since,
    until,
    ...judgingOptionsOf(options),
    ...(group === undefined ? {} : { labels: group }),
    ...(recaptured === undefined ? {} : { recaptured }),
    ...(average === undefined ? {} : { average }),
  }
}

function ofManyStores(): AppError {
  return new AppError('invalid', '--group-by is for what many stores lost, by group: leave out the store')
}
