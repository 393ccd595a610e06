import { AppError } from '../../../shared/app-error.ts'
import type { RejectedReason, RejectedRow, RejectedStore } from '../../../shared/import.ts'
import type { StoreMonitorClient } from '../../index.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext } from '../context.ts'
import { hint } from '../hint.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { formatAmount, formatCount, printJson, printTable, type TableColumn } from '../output.ts'

export interface RejectedOptions extends ConnectionOptions, ListOptions {
  readonly by?: 'reason' | 'store'
}

const columns: readonly TableColumn<RejectedRow>[] = [
  { head: 'IMPORT', align: 'right', cell: ({ importId }) => String(importId) },
  { head: 'LINE', cell: ({ source, line }) => `${source}:${line}` },
  { head: 'REASON', cell: ({ reason }) => reason },
  { head: 'ROW', cell: ({ text }) => text },
]

const reasonColumns: readonly TableColumn<RejectedReason>[] = [
  { head: 'ROWS', align: 'right', cell: ({ rows }) => formatCount(rows) },
  { head: 'FIRST LINE', align: 'right', cell: ({ firstLine }) => String(firstLine) },
  { head: 'REASON', cell: ({ reason }) => reason },
]

const storeColumns: readonly TableColumn<RejectedStore>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'ROWS', align: 'right', cell: ({ rows }) => formatCount(rows) },
  { head: 'FIRST LINE', align: 'right', cell: ({ firstLine }) => String(firstLine) },
]

export async function runRejected(
  context: CommandContext,
  options: RejectedOptions,
  importId: number | undefined,
): Promise<void> {
  if (options.by !== undefined && importId === undefined) {
    throw new AppError(
      'invalid',
      `--by ${options.by} counts the rows of one import: write its number too, such as "rejected 3 --by ${options.by}"`,
    )
  }
  await withConnection(context, options, async ({ client, flags }) => {
    if (importId === undefined || options.by === undefined) {
      await printRows(context, options, client, importId, flags)
    } else if (options.by === 'store') {
      await printPages(context, options, storeColumns, (page) =>
        client.import.rejectedStores.query({ ...page, importId }),
      )
    } else {
      const { reasons } = await client.import.rejectedSummary.query({ importId })
      if (options.json) await printJson(context, reasons)
      else if (reasons.length > 0) await printTable(context, reasonColumns, reasons)
      else say(context, options, 'there are none')
    }
  })
}

async function printRows(
  context: CommandContext,
  options: RejectedOptions,
  client: StoreMonitorClient,
  importId: number | undefined,
  flags: readonly string[],
): Promise<void> {
  const only = importId === undefined ? {} : { importId }
  let rowsNotKept = 0
  if (importId !== undefined) await client.import.get.query({ importId })
  await printPages(context, options, columns, async (page) => {
    const rows = await client.import.rejectedRows.query({ ...page, ...only })
    rowsNotKept = rows.rowsNotKept
    return rows
  })
  if (rowsNotKept === 0) return
  const toCount = hint(
    context,
    'rejected',
    importId === undefined ? 'IMPORT' : String(importId),
    '--by',
    'reason',
    ...flags,
  )
  say(
    context,
    options,
    `${formatAmount(rowsNotKept, 'more row')} ${rowsNotKept === 1 ? 'was' : 'were'} rejected, of which only the number is kept: ${toCount}`,
  )
}
