import { randomUUID } from 'node:crypto'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import type { ImportProgress, ImportRecord } from '../../../shared/import.ts'
import { deleteUpload, deleteUploadThatIsOver } from '../../database/delete-upload.ts'
import { failImport, getImport } from '../../database/imports.ts'
import {
  keepUploadClaims,
  lookAtUploads,
  readUploadChunks,
  releaseUpload,
  takeUploads,
  type TakenUpload,
} from '../../database/uploads.ts'
import { repeatedly, type Repeated } from '../../repeatedly.ts'
import type { Importer } from '../importing/importer.ts'
import { beginUpload, type ComingUpload, type ComingUploadParts, type UploadedFile } from './coming-upload.ts'
import { unpackedChunks } from './packed-chunks.ts'

export interface KeptUploadsParts extends ComingUploadParts {
  readonly importer: Pick<Importer, 'importPaths'>
  /** A file with these bytes, where the disk has room; disposing removes it. */
  readonly spooled: (bytes: AsyncIterable<Uint8Array>) => Promise<AsyncDisposable & { readonly path: string }>
  readonly onError: (error: unknown) => void
  readonly times?: UploadTimes | undefined
}

export interface UploadTimes {
  /** After so long an upload is no longer whose it was, where nothing more is heard of them. */
  readonly claimMs: number
  /** How often that is put off, and it is looked for uploads that nobody is at. */
  readonly everyMs: number
}

const TIMES: UploadTimes = { claimMs: 8000, everyMs: 2000 }
/** What may pass, such as a full disk, has so long for it. */
const RETRY_AFTER_MS = 10_000
/** A file that so many have begun to import, and died of, is given up. */
const MOST_ATTEMPTS = 10

/** Uploads whose bytes are in the database until they are imported: by this process or, where it is gone, by another. */
export interface KeptUploads extends AsyncDisposable {
  /** Throws a `busy` AppError where too many wait, or too much. */
  begin(): Promise<KeptUpload>
  /** Begins to look for those that nobody is at. */
  start(): void
  lookSoon(): void
  /** Begins no further import, and gives those back that nobody waits for here. */
  stop(): void
}

export interface KeptUpload extends Pick<ComingUpload, 'keeping'>, AsyncDisposable {
  /** Once it returns, the file is imported, whatever becomes of this process. Throws an AppError for what cannot be imported. */
  acknowledge(file: UploadedFile): Promise<AcknowledgedUpload>
}

export interface AcknowledgedUpload {
  readonly record: ImportRecord
  /** Imports it here. Throws an `unavailable` AppError where this goes on elsewhere, or later. */
  importHere(options: ImportHereOptions): Promise<ImportRecord>
}

export interface ImportHereOptions {
  /** Whether whoever sent it waits for it: then a server that is told to stop ends it, as far as there is time. */
  readonly isAwaited: () => boolean
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
}

interface Running extends ImportHereOptions {
  readonly upload: TakenUpload
  readonly stop: AbortController
}

export function createKeptUploads(parts: KeptUploadsParts): KeptUploads {
  const { reading, writing, importer, now, onError, times = TIMES } = parts
  const claim = { owner: randomUUID(), claimMs: times.claimMs }
  const { owner } = claim
  /** Those that this process has, also the ones that are coming. */
  const own = new Set<number>()
  const running = new Set<Running>()
  const ending = new Set<Promise<unknown>>()
  let takenOver: Promise<void> = Promise.resolve()
  let looking: Repeated | undefined
  let isStopping = false

  async function keepClaims(): Promise<void> {
    if (own.size > 0) await keepUploadClaims(writing, [...own], claim)
  }

  const keepingClaims = repeatedly(keepClaims, { everyMs: times.everyMs, onError })

  function importUpload(
    upload: TakenUpload,
    path: string,
    options: ImportHereOptions,
  ): Promise<ImportRecord> {
    const one: Running = { upload, stop: new AbortController(), ...options }
    running.add(one)
    if (isStopping && !one.isAwaited()) one.stop.abort()
    const ended = importRunning(one, path).finally(() => {
      running.delete(one)
      ending.delete(ended)
    })
    ending.add(ended)
    return ended
  }

  async function importRunning({ upload, stop, onProgress }: Running, path: string): Promise<ImportRecord> {
    const { importId, source, options } = upload
    const importing = { source, ...options, kept: { importId, owner }, onProgress, signal: stop.signal }
    try {
      const { records } = await Promise.race([importer.importPaths([path], importing), stopped(stop.signal)])
      return records[0]!
    } catch (error) {
      throw await whatBecame(upload, error)
    } finally {
      await letGo(upload)
    }
  }

  /** The error for whoever sent it, once it is recorded that its import is to go on, or has failed. */
  async function whatBecame(upload: TakenUpload, error: unknown): Promise<unknown> {
    const { importId } = upload
    if (error instanceof AppError && error.code === 'unavailable') {
      await releaseUpload(writing, upload, { owner, afterMs: isStopping ? 0 : RETRY_AFTER_MS })
      return goesOn(upload, error)
    }
    const failure = error instanceof Error ? error.message : String(error)
    await failImport(writing, { importId, owner }, { failure, finishedAt: now() })
    const { state } = await getImport(writing, importId)
    return state === 'running' ? goesOn(upload, error) : error
  }

  /** Forgets an upload, and removes what is kept of it where its import is over. */
  async function letGo({ uploadId, importId }: TakenUpload): Promise<void> {
    own.delete(uploadId)
    try {
      if ((await getImport(writing, importId)).state !== 'running') await deleteUpload(writing, uploadId)
    } catch (error) {
      tellIfOurs(error) // whoever looks next removes it
    }
  }

  async function look(): Promise<void> {
    if (isStopping) return
    const { free, over } = await lookAtUploads(reading)
    for (const uploadId of over) if (!own.has(uploadId)) await deleteUploadThatIsOver(writing, uploadId)
    if (!free) return
    const taken = await takeUploads(writing, claim, own)
    for (const { uploadId } of taken) own.add(uploadId)
    // One after the other, as the disk may have room for one, and in the order in which they came.
    for (const upload of taken) takenOver = takenOver.then(() => takeOver(upload)).catch(tellIfOurs)
  }

  async function takeOver(upload: TakenUpload): Promise<void> {
    await using file = await spooledAgain(upload).catch((error: unknown) => giveUp(upload, error))
    if (file !== undefined) await importUpload(upload, file.path, { isAwaited: () => false })
  }

  /** Of one that is not begun to be imported. */
  async function giveUp(upload: TakenUpload, error: unknown): Promise<undefined> {
    tellIfOurs(error)
    try {
      await whatBecame(upload, error)
    } finally {
      await letGo(upload)
    }
  }

  async function spooledAgain({ uploadId, bytes, attempts }: TakenUpload) {
    if (isStopping) throw isEnding()
    if (attempts >= MOST_ATTEMPTS) throw diedOf(attempts)
    return await parts.spooled(unpackedChunks(readUploadChunks(reading, uploadId), bytes))
  }

  function tellIfOurs(error: unknown): void {
    if (toAppError(error).code === 'internal') onError(error)
  }

  return {
    async begin() {
      if (isStopping) throw isEnding()
      const coming = await beginUpload(parts, claim)
      const { uploadId } = coming
      own.add(uploadId)
      let isAcknowledged = false
      return {
        keeping: (body) => coming.keeping(body),
        async acknowledge(file) {
          const upload = await coming.cameAs(file)
          const record = await getImport(writing, upload.importId)
          isAcknowledged = true
          return {
            record,
            importHere: (options) => importUpload(upload, file.path, options),
          }
        },
        async [Symbol.asyncDispose]() {
          if (!isAcknowledged) own.delete(uploadId)
          await coming[Symbol.asyncDispose]()
        },
      }
    },
    start() {
      looking = repeatedly(look, { everyMs: times.everyMs, onError: tellIfOurs })
      looking.soon()
    },
    lookSoon: () => looking?.soon(),
    stop() {
      isStopping = true
      for (const { stop, isAwaited } of running) if (!isAwaited()) stop.abort()
    },
    async [Symbol.asyncDispose]() {
      isStopping = true
      for (const { stop } of running) stop.abort()
      await looking?.[Symbol.asyncDispose]()
      await Promise.allSettled([takenOver, ...ending])
      await keepingClaims[Symbol.asyncDispose]()
    },
  }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(isEnding())
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
  })
}

function isEnding(): AppError {
  return new AppError('unavailable', 'the server is stopping')
}

function diedOf(times: number): AppError {
  return new AppError(
    'conflict',
    `given up: ${times} times a server ended while it imported the file; import it again in smaller files`,
  )
}

function goesOn({ importId, source }: TakenUpload, cause: unknown): AppError {
  return new AppError(
    'unavailable',
    `${source} is kept, and its import goes on elsewhere, or later: GET /imports/${importId} tells what becomes of it`,
    { cause },
  )
}
