import { httpBatchLink } from '@trpc/client'
import { openAsBlob } from 'node:fs'
import { AppError } from '../../shared/app-error.ts'
import type { MaxRejected } from '../../shared/max-rejected.ts'
import { allHeaders, createCaller } from '../call.ts'
import { createClient } from '../client.ts'
import { httpCalls, trpcUrlOf } from '../http-calls.ts'
import { sendFile } from '../transfer.ts'
import type { Connection } from './connection.ts'
import type { CommandContext } from './context.ts'
import { keyOf, type ConnectionOptions } from './place.ts'
import { quickFetch } from './quick-fetch.ts'

export function serverConnection(
  context: CommandContext,
  url: string,
  options: ConnectionOptions,
): Connection {
  const { signal: interrupted } = context
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
  const key = keyOf(context, options)
  const server = { url, ...(key === undefined ? {} : { key }) }
  const headers = () => allHeaders(server)
  const requests = httpBatchLink({ url: trpcUrlOf(server), fetch: interruptible, headers, maxItems: 1 })
  const caller = createCaller(server, httpCalls(server, requests))
  const client = createClient(caller)
  return {
    client,
    ask: (use) => use(client),
    flags: options.url === undefined ? [] : ['--url', url],
    async importPaths(paths, { maxRejected, columnMap, onProgress, signal, wait = true, ...options }) {
      const { findFiles } = await import('../../server/ingest/importing/find-files.ts')
      const { importEach } = await import('../../server/ingest/importing/import-each.ts')
      await using found = await findFiles(paths, { source: options.source, columnMap })
      const records = await importEach(found.files, async ({ path }) => {
        const source = options.source ?? path.slice(-255)
        const body = await openAsBlob(path)
        onProgress({ source, bytesRead: 0, bytesTotal: body.size, rowsRead: 0, rowsStored: 0 })
        const most = maxRejected === undefined ? {} : { maxRejected: writtenMost(maxRejected) }
        const columns = columnMap === undefined ? {} : { columnMap }
        return await sendFile(caller, body, { source, wait, onProgress, signal, ...most, ...columns })
      })
      return { records, ignored: found.ignored }
    },
  }
}

function writtenMost(most: MaxRejected): number | `${number}%` {
  return 'rows' in most ? most.rows : `${most.percent}%`
}
