import type { Report } from '../../../shared/report.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { formatCount, type TableColumn } from '../output.ts'

const columns: readonly TableColumn<Report>[] = [
  { head: 'REPORT', cell: ({ reportId }) => reportId },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'STORES', align: 'right', cell: ({ progress }) => formatCount(progress.storesDone) },
  { head: 'OF', align: 'right', cell: ({ progress }) => formatCount(progress.storesTotal) },
  { head: 'AS OF', cell: ({ asOf }) => asOf },
  { head: 'INTERPOLATION', cell: ({ interpolation }) => interpolation },
  { head: 'REACH', cell: ({ reach }) => reach },
  { head: 'REQUESTED', cell: ({ requestedAt }) => requestedAt },
]

export async function runReports(
  context: CommandContext,
  options: ConnectionOptions & ListOptions,
): Promise<void> {
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, columns, (page) => client.report.list.query(page)),
  )
}
