import { httpBatchLink, localLink } from '@trpc/client'
import { openAsBlob } from 'node:fs'
import { AppError } from '../../shared/app-error.ts'
import type { ImportOutcome } from '../../server/ingest/importing/import-each.ts'
import type { ReportId } from '../../shared/ids.ts'
import type { ImportProgress } from '../../shared/import.ts'
import { createCaller, httpCalls, trpcUrlOf } from '../call.ts'
import { createClient, type StoreMonitorClient } from '../client.ts'
import { sendFile } from '../transfer.ts'
import type { CommandContext } from './context.ts'
import { quickFetch } from './quick-fetch.ts'

export interface ConnectionOptions {
  readonly url?: string
  readonly database?: string
  readonly workers?: string
}

export interface ImportPathsOptions {
  readonly onProgress: (progress: ImportProgress) => void
  readonly signal: AbortSignal
}

/** A server, or a database in this process, which a command cannot tell apart. */
export interface Connection {
  readonly client: StoreMonitorClient
  /** Flags that lead a further command to the same place. */
  readonly flags: readonly string[]
  importPaths(paths: readonly string[], options: ImportPathsOptions): Promise<ImportOutcome>
}

/** Calls `use` with the connection that the options and the environment ask for, and closes it after. */
export async function withConnection<Result>(
  context: CommandContext,
  options: ConnectionOptions & { readonly mayCreate?: boolean },
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  if (options.url !== undefined && options.database !== undefined) {
    throw new AppError('invalid', '--url and --database exclude each other: a server has its own database')
  }
  if (options.url === '') throw new AppError('invalid', '--url is empty: write the URL of a server')
  const url =
    options.url ?? (options.database === undefined ? context.environment['STORE_MONITOR_URL'] : undefined)
  if (!url) return withDatabase(context, options, use)
  if (options.workers !== undefined) {
    throw new AppError('invalid', `--workers is for a database: the server at ${url} has its own`)
  }
  return use(serverConnection(url, options, context.signal))
}

function serverConnection(url: string, options: ConnectionOptions, interrupted: AbortSignal): Connection {
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
  return {
    client: createClient(caller),
    flags: options.url === undefined ? [] : ['--url', url],
    async importPaths(paths, { onProgress, signal }) {
      const { findFiles } = await import('../../server/ingest/importing/find-files.ts')
      const { importEach } = await import('../../server/ingest/importing/import-each.ts')
      await using found = await findFiles(paths)
      const records = await importEach(found.files, async ({ path }) => {
        const source = path.slice(-255)
        const body = await openAsBlob(path)
        onProgress({ source, bytesRead: 0, bytesTotal: body.size, rowsRead: 0, rowsStored: 0 })
        return await sendFile(caller, body, { source, onProgress, signal })
      })
      return { records, ignored: found.ignored }
    },
  }
}

async function withDatabase<Result>(
  context: CommandContext,
  options: ConnectionOptions & { readonly mayCreate?: boolean },
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const { readConfig } = await import('../../server/config.ts')
  const flags = { databaseUrl: options.database, workers: options.workers }
  const { databaseUrl, workers } = readConfig(context.environment, flags)

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
  return await use({
    client: {
      ...createClient(createCaller(inProcess, localLink(service.calls))),
      downloadReport: (reportId, { format = 'csv', columns = 'default' } = {}) =>
        service.reportFile(reportId as ReportId, { format, columns }),
    },
    flags: options.database === undefined ? [] : ['--database', options.database],
    importPaths: (paths, importOptions) => service.importer.importPaths(paths, importOptions),
  })
}
