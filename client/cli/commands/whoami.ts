import type { Caller } from '../../../shared/session.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext } from '../context.ts'
import { printJson, printTable, type TableColumn } from '../output.ts'

const columns: readonly TableColumn<Caller>[] = [
  { head: 'NAME', cell: ({ name }) => name ?? 'nobody: no key was sent, or none that counts' },
  { head: 'ROLE', cell: ({ role }) => role ?? '' },
  { head: 'GROUPS', cell: ({ labels }) => labels.join(' ') },
  { head: 'MAY', cell: ({ permissions }) => permissions.join(' ') },
]

export async function runWhoAmI(
  context: CommandContext,
  options: ConnectionOptions & { readonly json?: true },
): Promise<void> {
  await withConnection(context, options, async ({ client }) => {
    const caller = await client.session.read.query()
    if (options.json) await printJson(context, [caller])
    else await printTable(context, columns, [caller])
  })
}
