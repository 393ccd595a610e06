import { AppError } from '../../../shared/app-error.ts'
import { outageCsvHeader, outageCsvLine } from '../../../shared/insight-csv.ts'
import type { OutageRow } from '../../../shared/outage.ts'
import type { StoreMonitorClient } from '../../client.ts'
import { allPages, itemsOf, writePages } from '../all-pages.ts'
import type { CommandContext } from '../context.ts'
import { judgingOptionsOf, type JudgingCommandOptions } from '../judging-options.ts'
import { lasted, writeOutageGroups } from '../outage-groups-table.ts'
import { printTable, toTheMinute, type TableColumn } from '../output.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface OutagesOptions extends DataOptions, JudgingCommandOptions {
  readonly since: string
  readonly until: string
  readonly sort?: 'store' | 'longest' | 'ongoing'
  readonly format?: 'csv' | 'json'
  /** Each as label=value. */
  readonly group?: string[]
  /** A label. */
  readonly groupBy?: string
}

export async function runOutages(
  context: CommandContext,
  options: OutagesOptions,
  storeId: string | undefined,
): Promise<void> {
  checkGroupBy(options, storeId)
  await withData(context, options, async ({ client }) => {
    if (options.groupBy !== undefined) {
      const groups = await client.outage.groups.query(groupsQueryOf(options, options.groupBy))
      context.signal.throwIfAborted()
      return writeOutageGroups(context, options, groups)
    }
    const pages = pagesOf(client, options, storeId)
    if (options.format === undefined && context.stdout.isTTY) {
      return printTable(context, columns, await itemsOf(pages))
    }
    await writePages(context, pages, options.format, { header: outageCsvHeader, lineOf: outageCsvLine })
  })
}

function checkGroupBy({ groupBy, sort }: OutagesOptions, storeId: string | undefined): void {
  const excluded = storeId === undefined ? sort && '--sort' : 'the store'
  if (groupBy === undefined || excluded === undefined) return
  throw new AppError(
    'invalid',
    `--group-by is for the outages of many stores, by group: leave out ${excluded}`,
  )
}

function groupsQueryOf(options: OutagesOptions, by: string) {
  const { since, until, group } = options
  return { by, since, until, ...judgingOptionsOf(options), ...(group === undefined ? {} : { labels: group }) }
}

async function* pagesOf(
  client: StoreMonitorClient,
  options: OutagesOptions,
  storeId: string | undefined,
): AsyncGenerator<readonly OutageRow[]> {
  const { since, until, sort, group } = options
  // All pages look back from the same instant.
  const asOf = options.asOf ?? (await client.health.query()).database.latestPollAt
  yield* allPages((page) =>
    client.outage.list.query({
      since,
      until,
      ...page,
      ...judgingOptionsOf(options),
      ...(asOf === null ? {} : { asOf }),
      ...(storeId === undefined ? {} : { storeId }),
      ...(group === undefined ? {} : { labels: group }),
      ...(sort === undefined ? {} : { sortBy: sort }),
    }),
  )
}

const columns: readonly TableColumn<OutageRow>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'START', cell: ({ start }) => toTheMinute(start) },
  { head: 'END', cell: ({ end }) => (end === null ? 'ongoing' : toTheMinute(end)) },
  { head: 'DOWN', cell: ({ downtimeMs }) => lasted(downtimeMs), align: 'right' },
  { head: 'AT LEAST', cell: ({ shortestMs }) => lasted(shortestMs), align: 'right' },
  { head: 'AT MOST', cell: ({ longestMs }) => lasted(longestMs), align: 'right' },
  { head: 'FIRST POLL', cell: ({ firstPoll }) => toTheMinute(firstPoll) },
  { head: 'LAST POLL', cell: ({ lastPoll }) => toTheMinute(lastPoll) },
]
