import { AppError } from '../../../shared/app-error.ts'
import type { ColumnMap } from '../../../shared/column-map.ts'
import type { ImportProgress, ImportRecord } from '../../../shared/import.ts'
import type { MaxRejected } from '../../../shared/max-rejected.ts'
import { problemOf } from '../../../shared/problem.ts'
import { mediaTypes } from '../../../shared/report-file.ts'
import type { UploadEvent } from '../../../shared/upload-event.ts'
import type { ApiParts } from '../api-parts.ts'
import { appErrorOf } from '../errors.ts'
import { spool, spoolFolder } from './upload-spool.ts'

export interface UploadOptions {
  readonly body: AsyncIterable<Uint8Array>
  /** Whether its sender wants to be told of each progress. */
  readonly isStreamWanted: boolean
  /** Where its sender prefers an answer once the file is kept: where an import is, as a caller reaches it. */
  readonly placeOfKept: ((importId: number) => string) | undefined
  /** What the record calls the file. */
  readonly source: string
  readonly maxRejected: MaxRejected | undefined
  readonly columnMap: ColumnMap | undefined
  /** Who sends it, to be recorded. */
  readonly by: string | null
  /** Whom the limits count it for. */
  readonly caller: string
}

type OnProgress = (progress: ImportProgress) => void

/**
 * Takes a CSV file as a request's body, imports it once all of it has arrived, and answers with the import's record; to a
 * caller that accepts `application/x-ndjson`, with a line for each progress and the record last.
 */
export async function receiveImport(parts: ApiParts, upload: UploadOptions): Promise<Response> {
  if (upload.placeOfKept !== undefined) return await receiveKept(parts, upload, upload.placeOfKept)
  const { body, isStreamWanted, source, maxRejected, columnMap, by, caller } = upload
  await using spooling = new AsyncDisposableStack()
  spooling.use(parts.uploads.enter(caller))
  const { path } = spooling.use(await spoolFolder())
  await spool(body, path, parts.limits)
  const spooled = spooling.move()

  async function importUpload(onProgress?: OnProgress): Promise<ImportRecord> {
    try {
      const options = { source, maxRejected, columnMap, by, onProgress }
      const { records } = await parts.importer.importPaths([path], options)
      return records[0]!
    } catch (error) {
      throw namedAs(source, path, error)
    } finally {
      await spooled.disposeAsync()
    }
  }

  if (!isStreamWanted) return Response.json(completed(await importUpload()))
  return new Response(eventLines({ importUpload }, parts.onError), { headers: ofEventLines })
}

/** Likewise, but answers as soon as the file is imported whatever becomes of this process. */
async function receiveKept(
  parts: ApiParts,
  { body, isStreamWanted, caller, source, maxRejected, columnMap, by }: UploadOptions,
  placeOf: (importId: number) => string,
): Promise<Response> {
  await using spooling = new AsyncDisposableStack()
  spooling.use(parts.uploads.enter(caller))
  const { path } = spooling.use(await spoolFolder())
  await using coming = await parts.keptUploads.begin()
  await spool(coming.keeping(body), path, parts.limits)
  const kept = await coming.acknowledge({ path, source, maxRejected, columnMap, by })
  const spooled = spooling.move()

  async function importUpload(onProgress?: OnProgress, isAwaited = () => false): Promise<ImportRecord> {
    try {
      return await kept.importHere({ isAwaited, onProgress })
    } catch (error) {
      throw namedAs(source, path, error)
    } finally {
      await spooled.disposeAsync()
    }
  }

  const { record } = kept
  const headers = { location: placeOf(record.importId), 'preference-applied': 'respond-async' }
  if (isStreamWanted) {
    const lines = eventLines({ accepted: record, importUpload }, parts.onError)
    return new Response(lines, { status: 202, headers: { ...headers, ...ofEventLines } })
  }
  importUpload().catch((error: unknown) => {
    if (appErrorOf(error).code === 'internal') parts.onError(error)
  })
  return Response.json(record, { status: 202, headers })
}

/** A line that waits in a compressor is not progress. */
const ofEventLines = { 'content-type': mediaTypes.ndjson, 'cache-control': 'no-store, no-transform' }

/** A record that tells of success. The others are for those who are told of all that happens. */
function completed(record: ImportRecord): ImportRecord {
  const { importId, source, state, failure, rowsRejected } = record
  if (state === 'complete') return record
  const howToList = rowsRejected === 0 ? '' : ` (GET /imports/${importId}/rejected lists them)`
  throw new AppError('invalid', `${source} was not imported: ${failure}${howToList}`)
}

/** The error with the name that the caller knows the file by. */
function namedAs(source: string, path: string, error: unknown): unknown {
  if (!(error instanceof AppError)) return error
  return new AppError(
    error.code,
    error.message.replaceAll(path, () => source),
    { cause: error },
  )
}

interface Told {
  /** What is told at once, where its import goes on whatever becomes of this process. */
  readonly accepted?: ImportRecord
  readonly importUpload: (onProgress: OnProgress, isRead: () => boolean) => Promise<ImportRecord>
}

function eventLines(
  { accepted, importUpload }: Told,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  // The import goes on when its caller has gone: what has arrived is as good as before.
  let isRead = true
  return new ReadableStream({
    cancel() {
      isRead = false
    },
    async start(controller) {
      const send = (event: UploadEvent) => {
        if (isRead) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`))
      }
      try {
        if (accepted !== undefined) send({ accepted })
        const onProgress = (progress: ImportProgress) => send({ progress })
        send({ import: await importUpload(onProgress, () => isRead) })
      } catch (error) {
        const appError = appErrorOf(error)
        if (appError.code === 'internal') onError(error)
        send({ problem: problemOf(appError) })
      }
      if (isRead) controller.close()
    },
  })
}
