import { AppError } from '../../../shared/app-error.ts'
import { downCsvHeader, downCsvLine } from '../../../shared/insight-csv.ts'
import { maxPageSize } from '../../../shared/page-size.ts'
import type { DownStore, DownStores } from '../../../shared/store-now.ts'
import type { StoreMonitorClient } from '../../client.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { lasted } from '../outage-groups-table.ts'
import { formatCount, formatTable, printTable, toTheMinute, write, type TableColumn } from '../output.ts'
import { createScreen } from '../screen.ts'

export interface TopOptions extends ConnectionOptions, MessageOptions {
  readonly limit?: number
  readonly all?: true
  /** Each as label=value. */
  readonly group?: string[]
  readonly once?: true
  readonly format?: 'csv' | 'json'
}

const USUAL_LIMIT = 50
const EVERY_MS = 1000
/** What stands above the stores, and a line below. */
const OTHER_LINES = 4

const columns: readonly TableColumn<DownStore>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'NAME', cell: ({ name }) => name ?? '' },
  { head: 'TIMEZONE', cell: ({ timezone }) => timezone },
  {
    head: 'SINCE',
    cell: ({ since, sinceIsCut }) => `${toTheMinute(since)}${sinceIsCut ? ' or before' : ''}`,
  },
  { head: 'DOWN', cell: ({ downForMs }) => lasted(downForMs), align: 'right' },
  { head: 'LAST POLL', cell: ({ lastPoll }) => toTheMinute(lastPoll) },
]

/** Without that of names, where none has one. */
function columnsOf(items: readonly DownStore[]): readonly TableColumn<DownStore>[] {
  return columns.filter(({ head }) => head !== 'NAME' || items.some(({ name }) => name !== null))
}

export async function runTop(context: CommandContext, options: TopOptions): Promise<void> {
  const { once, format } = options
  const isLive = context.stdout.isTTY && !once && format === undefined
  await withConnection(context, options, ({ client }) =>
    isLive ? showAsItChanges(context, options, client) : showOnce(context, options, client),
  )
}

async function showOnce(
  context: CommandContext,
  options: TopOptions,
  client: StoreMonitorClient,
): Promise<void> {
  const { stdout, signal } = context
  const { format, all, limit = USUAL_LIMIT } = options
  const { items, nextCursor, ...rest } = await readDown(client, options, all ? Infinity : limit)
  signal.throwIfAborted()
  if (format === 'csv') return write(stdout, downCsvHeader + items.map(downCsvLine).join(''))
  if (format === 'json') return write(stdout, items.map((store) => `${JSON.stringify(store)}\n`).join(''))
  if (items.length > 0) await printTable(context, columnsOf(items), items)
  say(context, options, inWords(rest))
  if (nextCursor !== null) say(context, options, `the first ${items.length}; --limit or --all shows more`)
}

async function showAsItChanges(
  { stdout, signal }: CommandContext,
  options: TopOptions,
  client: StoreMonitorClient,
): Promise<void> {
  const screen = createScreen(stdout)
  try {
    while (!signal.aborted) {
      const room = Math.max(1, screen.rows - OTHER_LINES)
      await screen.show(await linesOf(client, options, Math.min(options.limit ?? room, room)))
      await screen.wait(EVERY_MS, signal)
    }
  } finally {
    await screen.end()
  }
}

async function linesOf(client: StoreMonitorClient, options: TopOptions, limit: number): Promise<string[]> {
  try {
    const { items, ...rest } = await readDown(client, options, limit)
    const table =
      items.length === 0
        ? ['', 'No store is down.']
        : ['', ...formatTable(columnsOf(items), items).split('\n')]
    return [inWords(rest), ...table]
  } catch (error) {
    // A server that is started again, or data that is still to come.
    if (error instanceof AppError && (error.code === 'unavailable' || error.code === 'conflict')) {
      return [error.message]
    }
    throw error
  }
}

async function readDown(
  client: StoreMonitorClient,
  { group }: TopOptions,
  limit: number,
): Promise<DownStores> {
  const items: DownStore[] = []
  for (let cursor: string | undefined; ;) {
    const page: DownStores = await client.store.down.query({
      limit: Math.min(limit - items.length, maxPageSize),
      ...(group === undefined ? {} : { labels: group }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    items.push(...page.items)
    if (page.nextCursor === null || items.length >= limit) return { ...page, items }
    cursor = page.nextCursor
  }
}

function inWords({ asOf, counts }: Pick<DownStores, 'asOf' | 'counts'>): string {
  const states = (['down', 'up', 'unknown', 'excused', 'closed'] as const).map(
    (state) => `${formatCount(counts[state])} ${state}`,
  )
  return `${states.join(', ')}, as of ${asOf}`
}
