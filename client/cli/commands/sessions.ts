import type { OpenSession } from '../../../shared/open-session.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { printJson, printTable, toTheMinute, type TableColumn } from '../output.ts'

export type SessionsOptions = ConnectionOptions & ListOptions

export interface RevokeSessionOptions extends ConnectionOptions, ListOptions {
  readonly by?: string
  readonly reason?: string
}

const columns: readonly TableColumn<OpenSession>[] = [
  { head: 'SESSION', cell: ({ sessionId }) => String(sessionId), align: 'right' },
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'BY', cell: ({ way }) => way },
  { head: 'ROLE', cell: ({ role }) => role },
  { head: 'GROUPS', cell: ({ labels }) => labels.join(' ') },
  { head: 'BEGUN', cell: ({ createdAt }) => toTheMinute(createdAt) },
  { head: 'LAST USED', cell: ({ lastSeenAt }) => toTheMinute(lastSeenAt) },
  { head: 'ENDS', cell: ({ expiresAt }) => toTheMinute(expiresAt) },
]

export async function runSessions(context: CommandContext, options: SessionsOptions): Promise<void> {
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, columns, (page) => client.session.list.query(page)),
  )
}

export async function runRevokeSession(
  context: CommandContext,
  options: RevokeSessionOptions,
  sessionId: number,
): Promise<void> {
  const { by = null, reason = null, json } = options
  await withConnection(context, options, async ({ client }) => {
    const ended = await client.session.revoke.mutate({ sessionId, by, reason })
    if (json) await printJson(context, [ended])
    else await printTable(context, columns, [ended])
  })
}
