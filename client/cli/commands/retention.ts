import type { Retained } from '../../../shared/retention.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { hint } from '../hint.ts'
import { formatCount, printJson, printTable, type TableColumn } from '../output.ts'

export interface RetentionOptions extends ConnectionOptions, MessageOptions {
  readonly dryRun?: true
  readonly json?: true
}

const things = { keepReports: 'reports', keepRejectedRows: 'rejected rows', keepPolls: 'polls' } as const

const columns = (head: string): readonly TableColumn<Retained>[] => [
  { head: 'SETTING', cell: ({ setting }) => setting },
  { head: 'KEPT FOR', cell: ({ keptFor }) => keptFor },
  { head: 'BEFORE', cell: ({ before }) => before },
  { head, cell: ({ deleted }) => formatCount(deleted), align: 'right' },
  { head: '', cell: ({ setting }) => things[setting] },
]

/** Deletes what is older than it is kept, or tells how much that is. */
export async function runRetention(context: CommandContext, options: RetentionOptions): Promise<void> {
  const { dryRun = false, json } = options
  await withConnection(context, options, async ({ client, flags }) => {
    const run = await client.retention.run.mutate({ dryRun })
    if (json) return printJson(context, [run])
    await printTable(context, columns(dryRun ? 'WOULD GO' : 'DELETED'), run.items)
    if (!run.isWhole) say(context, options, 'it was stopped meanwhile: run it again for the rest')
    if (!dryRun) return
    say(
      context,
      options,
      `nothing has been deleted; to delete it: ${hint(context, 'retention', 'run', ...flags)}`,
    )
  })
}
