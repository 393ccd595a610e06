import type { Report } from '../../../shared/report.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { formatCount, type TableColumn } from '../output.ts'
import { describeAsked } from '../print-report.ts'
import { openWriter, type WriterOptions } from '../write-report.ts'

const columns: readonly TableColumn<Report>[] = [
  { head: 'REPORT', cell: ({ reportId }) => reportId },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'STORES', align: 'right', cell: ({ progress }) => formatCount(progress.storesDone) },
  { head: 'OF', align: 'right', cell: ({ progress }) => formatCount(progress.storesTotal) },
  { head: 'AS OF', cell: ({ asOf }) => asOf },
  { head: 'INTERPOLATION', cell: ({ interpolation }) => interpolation },
  { head: 'REACH', cell: ({ reach }) => reach },
  { head: 'REQUESTED', cell: ({ requestedAt }) => requestedAt },
  { head: 'WHAT', cell: describeAsked },
]

export async function runReports(
  context: CommandContext,
  options: ConnectionOptions & ListOptions,
): Promise<void> {
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, columns, (page) => client.report.list.query(page)),
  )
}

export type GetReportOptions = ConnectionOptions & ListOptions & WriterOptions

export async function runGetReport(
  context: CommandContext,
  options: GetReportOptions,
  reportId: string,
): Promise<void> {
  const writer = await openWriter(context, options)
  await withConnection(context, options, async ({ client }) => {
    const path = await writer.write(client, await client.report.get.query({ reportId }))
    if (path !== undefined) say(context, options, `${path}: report ${reportId}`)
  })
}

export async function runDeleteReport(
  context: CommandContext,
  options: ConnectionOptions & ListOptions,
  reportId: string,
): Promise<void> {
  await withConnection(context, options, async ({ client }) => {
    const { isDeleted } = await client.report.delete.mutate({ reportId })
    const what = isDeleted ? 'is deleted' : 'had not ended, and is cancelled: delete it again to remove it'
    say(context, options, `report ${reportId} ${what}`)
  })
}
