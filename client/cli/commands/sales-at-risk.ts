import { AppError } from '../../../shared/app-error.ts'
import { salesCsvHeader, salesCsvLine } from '../../../shared/insight-csv.ts'
import { maxPageSize } from '../../../shared/page-size.ts'
import type { SalesRow } from '../../../shared/sales-at-risk.ts'
import type { StoreMonitorClient } from '../../client.ts'
import { say, type CommandContext } from '../context.ts'
import { judgingOptionsOf, type JudgingCommandOptions } from '../judging-options.ts'
import { write } from '../output.ts'
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
  const { stdout } = context
  const format = options.format ?? (stdout.isTTY ? 'table' : 'csv')
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
      const rows: SalesRow[] = []
      for await (const page of pages) rows.push(...page)
      if (rows.length === 0) say(context, options, 'no store was down')
      else await printSales(context, rows)
      return
    }
    const lineOf = format === 'json' ? (row: SalesRow) => `${JSON.stringify(row)}\n` : salesCsvLine
    // Behind what may be refused.
    let header = format === 'json' ? '' : salesCsvHeader
    for await (const page of pages) {
      context.signal.throwIfAborted()
      await write(stdout, header + page.map(lineOf).join(''))
      header = ''
    }
  })
}

async function* pagesOf(
  client: StoreMonitorClient,
  options: SalesOptions,
  storeId: string | undefined,
): AsyncGenerator<readonly SalesRow[]> {
  // All pages look back from the same instant.
  const asOf = options.asOf ?? (await client.health.query()).database.latestPollAt
  let cursor: string | undefined
  do {
    const page = await client.sales.atRisk.query({
      ...queryOf(options),
      limit: maxPageSize,
      ...(asOf === null ? {} : { asOf }),
      ...(storeId === undefined ? {} : { storeId }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    yield page.items
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
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
