import type { RejectedRow } from '../../../shared/import.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import type { TableColumn } from '../output.ts'

const columns: readonly TableColumn<RejectedRow>[] = [
  { head: 'IMPORT', align: 'right', cell: ({ importId }) => String(importId) },
  { head: 'LINE', cell: ({ source, line }) => `${source}:${line}` },
  { head: 'REASON', cell: ({ reason }) => reason },
  { head: 'ROW', cell: ({ text }) => text },
]

export async function runRejected(
  context: CommandContext,
  options: ConnectionOptions & ListOptions,
  importId: number | undefined,
): Promise<void> {
  const only = importId === undefined ? {} : { importId }
  await withConnection(context, options, async ({ client }) => {
    if (importId !== undefined) await client.import.get.query({ importId })
    await printPages(context, options, columns, (page) =>
      client.import.rejectedRows.query({ ...page, ...only }),
    )
  })
}
