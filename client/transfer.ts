/** Files to and from the server: over REST, as they are streamed. */
import { AppError } from '../shared/app-error.ts'
import { formatColumnMap, type ColumnMap } from '../shared/column-map.ts'
import type { ImportProgress, ImportRecord } from '../shared/import.ts'
import { mediaTypes, type ColumnChoice, type FileFormat } from '../shared/report-file.ts'
import type { UploadEvent } from '../shared/upload-event.ts'
import type { Caller } from './call.ts'
import { errorOfFetch, errorOfStatus } from './errors.ts'
import { followImport, isAway } from './follow-import.ts'

export interface DownloadOptions {
  readonly format?: FileFormat
  /** Of a CSV or a workbook: `all` has the unknown columns too. */
  readonly columns?: ColumnChoice
  readonly signal?: AbortSignal
}

export interface ImportOptions {
  /** The file's name, for the record. */
  readonly source: string
  /** How many rows may be rejected: beyond it nothing goes in, and the import fails. By default, there is no limit. */
  readonly maxRejected?: number | `${number}%`
  /** What the file calls columns, where that is not what we do: `{ store_id: 'Outlet' }`. */
  readonly columnMap?: ColumnMap
  /**
   * Whether to wait until it has been imported, which is the default. Otherwise the record is given once the server has the file, and
   * imports it whatever becomes of it: `client.import.get.query(…)` tells how it ends.
   */
  readonly wait?: boolean
  readonly onProgress?: (progress: ImportProgress) => void
  readonly signal?: AbortSignal
}

export async function downloadReport(
  caller: Caller,
  reportId: string,
  { format = 'csv', columns = 'default', signal }: DownloadOptions,
): Promise<ReadableStream<Uint8Array>> {
  const path = `/reports/${encodeURIComponent(reportId)}.${format}?columns=${columns}`
  const { body } = await caller.fetch(path, signal ? { signal } : {})
  return withAppErrors(body!, caller.url)
}

export async function importFile(
  caller: Caller,
  body: Blob | ReadableStream<Uint8Array>,
  options: ImportOptions,
): Promise<ImportRecord> {
  const record = await sendFile(caller, body, options)
  if (record.state === 'complete' || options.wait === false) return record
  throw new AppError('invalid', `${record.source} was not imported: ${record.failure}`)
}

/**
 * The record of a file's import, also of one that failed as nothing of the file could be taken. Once the server has accepted it, it is
 * waited for its end though that server goes away.
 */
export async function sendFile(
  caller: Pick<Caller, 'url' | 'fetch'>,
  body: Blob | ReadableStream<Uint8Array>,
  { source, maxRejected, columnMap = {}, wait = true, onProgress, signal }: ImportOptions,
): Promise<ImportRecord> {
  const init = {
    method: 'POST',
    body,
    headers: {
      accept: wait ? mediaTypes.ndjson : 'application/json',
      'content-type': mediaTypes.csv,
      prefer: 'respond-async',
    },
    duplex: 'half', // what fetch wants to be told about a body that is a stream
    ...(signal ? { signal } : {}),
  } satisfies RequestInit & { duplex: string }
  const query = new URLSearchParams({
    source,
    ...(maxRejected === undefined ? {} : { max_rejected: String(maxRejected) }),
  })
  for (const mapping of formatColumnMap(columnMap)) query.append('map', mapping)
  const response = await caller.fetch(`/imports?${query.toString()}`, init)
  if (!wait) return (await response.json()) as ImportRecord
  let accepted: ImportRecord | undefined
  try {
    for await (const line of lines(withAppErrors(response.body!, caller.url))) {
      const event = JSON.parse(line) as UploadEvent
      if ('import' in event) return event.import
      if ('problem' in event) throw errorOfStatus(event.problem.status, event.problem.detail)
      if ('accepted' in event) accepted = event.accepted
      else onProgress?.(event.progress)
    }
  } catch (error) {
    if (accepted === undefined || !isAway(error)) throw error
  }
  if (accepted !== undefined) return await followImport(caller, accepted, signal)
  throw new AppError('unavailable', `the connection to ${caller.url} was lost while ${source} was imported`)
}

/** The same bytes; a connection that is lost on the way is an AppError. */
export function withAppErrors(body: ReadableStream<Uint8Array>, url: string): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        controller.error(errorOfFetch(error, url))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let unfinished = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const parts = (unfinished + decoder.decode(value, { stream: true })).split('\n')
      unfinished = parts.pop()!
      yield* parts
    }
  } finally {
    await reader.cancel()
  }
}
