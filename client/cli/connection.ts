import { httpBatchLink, localLink } from '@trpc/client'
import { openAsBlob } from 'node:fs'
import { AppError } from '../../shared/app-error.ts'
import type { ReportId } from '../../shared/ids.ts'
import type { MaxRejected } from '../../shared/max-rejected.ts'
import { createCaller, httpCalls, trpcUrlOf } from '../call.ts'
import { createClient, type StoreMonitorClient } from '../client.ts'
import { sendFile } from '../transfer.ts'
import type { CommandContext } from './context.ts'
import type { ImportTarget } from './import-target.ts'
import { configOf, flagsOf, serverUrlOf, type ConnectionOptions } from './place.ts'
import { quickFetch } from './quick-fetch.ts'

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
  return use(serverConnection(url, options, context.signal))
}

export function serverConnection(
  url: string,
  options: ConnectionOptions,
  interrupted: AbortSignal,
): Connection {
  const parsed = /^https?:\/\//i.test(url) ? URL.parse(url) : null
  if (parsed === null) {
    throw new AppError(
      'invalid',
      `"${url}" is not the URL of a server: write one such as http://127.0.0.1:8000`,
    )
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new AppError('invalid', `leave the user and password out of the URL of ${parsed.host}`)
  }
  // Not what changes something, as its answer tells what to undo; and not the undoing, which comes after.
  const interruptible: typeof quickFetch = (input, init = {}) => {
    if (init.method !== 'GET' || interrupted.aborted) return quickFetch(input, init)
    const signals = [interrupted, ...(init.signal ? [init.signal] : [])]
    return quickFetch(input, { ...init, signal: AbortSignal.any(signals) })
  }
  // tRPC's link without batches asks of each input whether it is FormData, which loads what quickFetch does without.
  const requests = httpBatchLink({ url: trpcUrlOf({ url }), fetch: interruptible, maxItems: 1 })
  const caller = createCaller({ url }, httpCalls({ url }, requests))
  const client = createClient(caller)
  return {
    client,
    ask: (use) => use(client),
    flags: options.url === undefined ? [] : ['--url', url],
    async importPaths(paths, { maxRejected, columnMap, onProgress, signal, ...options }) {
      const { findFiles } = await import('../../server/ingest/importing/find-files.ts')
      const { importEach } = await import('../../server/ingest/importing/import-each.ts')
      await using found = await findFiles(paths, { source: options.source, columnMap })
      const records = await importEach(found.files, async ({ path }) => {
        const source = options.source ?? path.slice(-255)
        const body = await openAsBlob(path)
        onProgress({ source, bytesRead: 0, bytesTotal: body.size, rowsRead: 0, rowsStored: 0 })
        const most = maxRejected === undefined ? {} : { maxRejected: writtenMost(maxRejected) }
        const columns = columnMap === undefined ? {} : { columnMap }
        return await sendFile(caller, body, { source, onProgress, signal, ...most, ...columns })
      })
      return { records, ignored: found.ignored }
    },
  }
}

function writtenMost(most: MaxRejected): number | `${number}%` {
  return 'rows' in most ? most.rows : `${most.percent}%`
}

async function withDatabase<Result>(
  context: CommandContext,
  options: ConnectionOptions & { readonly mayCreate?: boolean },
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, workers } = await configOf(context, options)
  const { createService } = await import('../../server/service.ts')
  const { version, now, stderr } = context
  await using service = await createService({
    databaseUrl,
    // A command that only asks does not leave an empty database behind where there was none.
    mayCreateDatabase: options.mayCreate ?? false,
    startThreads: 'on demand',
    // What may make a database is about to import.
    startImporter: options.mayCreate ? 'at once' : 'on demand',
    workers,
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
