import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withConnection, type Connection, type ConnectionOptions } from './connection.ts'
import type { CommandContext } from './context.ts'
import { serverUrlOf } from './place.ts'

/** As `withConnection`, for what needs no data: without a server, it has a database that is gone after. */
export async function withoutData<Result>(
  context: CommandContext,
  options: ConnectionOptions,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  if (serverUrlOf(context, options) !== undefined) return withConnection(context, options, use)
  const folder = await mkdtemp(join(tmpdir(), 'store-monitor-'))
  try {
    return await withConnection(
      context,
      { ...options, database: join(folder, 'empty.db'), mayCreate: true },
      use,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
