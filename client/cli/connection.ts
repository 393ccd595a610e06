import { localLink } from '@trpc/client'
import type { ReportId } from '../../shared/ids.ts'
import { createCaller } from '../call.ts'
import { createClient, type StoreMonitorClient } from '../client.ts'
import type { CommandContext } from './context.ts'
import { write } from './output.ts'
import type { ImportTarget } from './import-target.ts'
import { flagsOf, readSettings, serverUrlOf, type ConnectionOptions } from './place.ts'

export type { ConnectionOptions } from './place.ts'

/** A server, or a database in this process, which a command cannot tell apart. */
export interface Connection extends ImportTarget {
  readonly client: StoreMonitorClient
}

/** Calls `use` with the connection that the options and the environment ask for, and closes it after. */
export async function withConnection<Result>(
  context: CommandContext,
  options: ConnectionOptions & { readonly mayCreate?: boolean },
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const url = serverUrlOf(context, options)
  if (url === undefined) return withDatabase(context, options, use)
  const { serverConnection } = await import('./server-connection.ts')
  return use(serverConnection(context, url, options))
}

async function withDatabase<Result>(
  context: CommandContext,
  options: ConnectionOptions & { readonly mayCreate?: boolean },
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const { database, config: path } = options
  const { config, file } = await readSettings(context, {
    databaseUrl: database,
    workers: options.workers,
    config: path,
  })
  const { databaseUrl, workers, publicUrl, keepReports, keepRejectedRows, keepPolls, sessionIdle } = config
  const { createService } = await import('../../server/service.ts')
  const { environment, version, now, stdout, stderr } = context
  await using service = await createService({
    databaseUrl,
    // A command that only asks does not leave an empty database behind where there was none.
    mayCreateDatabase: options.mayCreate ?? false,
    startThreads: 'on demand',
    // What may make a database is about to write to it.
    startWriter: options.mayCreate ? 'at once' : 'on demand',
    workers,
    publicUrl,
    keepReports,
    keepRejectedRows,
    keepPolls,
    sessionIdle,
    ...(file === undefined ? {} : { sources: file.sources, pollers: file.pollers, alerts: file.alerts }),
    writeLine: (line) => write(stdout, `${line}\n`),
    environment,
    version,
    now,
    onError: (error) =>
      stderr.write(`store-monitor: ${error instanceof Error ? error.stack : String(error)}\n`),
  })
  const inProcess = {
    url: 'http://in-process',
    fetch: async (input: string | URL | Request, init?: RequestInit) =>
      (await service.app()).fetch(new Request(input, init)),
  }
  const client: StoreMonitorClient = {
    ...createClient(createCaller(inProcess, localLink(service.calls))),
    downloadReport: (reportId, { format = 'csv', columns = 'default' } = {}) =>
      service.reportFile(reportId as ReportId, { format, columns }),
  }
  return await use({
    client,
    ask: (use) => use(client),
    flags: flagsOf(options),
    importPaths: (paths, importOptions) => service.importer.importPaths(paths, importOptions),
  })
}
