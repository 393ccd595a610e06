import { AppError } from '../../../shared/app-error.ts'
import type { Db } from '../../database/connect.ts'
import { insertUpload, insertUploadChunk, insertUploadedImport } from '../../database/coming-uploads.ts'
import { deleteUploadThatCannotCome } from '../../database/delete-upload.ts'
import {
  keptTotals,
  type KeptTotals,
  type TakenUpload,
  type UploadClaim,
  type UploadOptions,
} from '../../database/uploads.ts'
import { overLimit } from '../../limits/over-limit.ts'
import type { Limits } from '../../limits/setting.ts'
import { findFiles } from '../importing/find-files.ts'
import { keptAsTheyPass } from './packed-chunks.ts'

export interface ComingUploadParts {
  readonly reading: Db
  readonly writing: Db
  /** What is written there is there also after a power cut. */
  readonly lasting: () => Promise<Db>
  readonly limits: Pick<Limits, 'uploads' | 'keptUploadBytes'>
  readonly now: () => number
}

/** A file that has come, and is to be imported. */
export interface UploadedFile extends UploadOptions {
  readonly path: string
  readonly source: string
}

/** An upload that is coming. What is kept of it goes when it is disposed of before all of it is there. */
export interface ComingUpload extends AsyncDisposable {
  readonly uploadId: number
  /** The same bytes, which are kept once they are taken. */
  keeping(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  /**
   * Once it returns, the file is imported, whatever becomes of this process. Throws an AppError for what cannot be imported.
   */
  cameAs(file: UploadedFile): Promise<TakenUpload>
}

/** Throws a `busy` AppError where too many wait, or too much. */
export async function beginUpload(
  { reading, writing, lasting, limits, now }: ComingUploadParts,
  claim: UploadClaim,
): Promise<ComingUpload> {
  const kept = await keptTotals(reading)
  requireFewer(kept, limits)
  requireRoom(kept, limits)
  const { owner } = claim
  const uploadId = await insertUpload(writing, claim)
  let chunks = 0
  let isThere = false

  async function keep(bytes: Uint8Array): Promise<void> {
    requireRoom(await keptTotals(reading), limits)
    if (await insertUploadChunk(writing, { uploadId, owner, number: chunks++, bytes })) return
    throw takenForLost()
  }

  return {
    uploadId,
    keeping: (body) => keptAsTheyPass(body, keep),
    async cameAs({ path, source, ...options }) {
      await using found = await findFiles([path], { source, columnMap: options.columnMap })
      const { header, file } = found.files[0]!
      const begun = { source, kind: header.kind, bytes: file.bytes, startedAt: now() }
      const importId = await insertUploadedImport(await lasting(), uploadId, begun, { ...claim, options })
      if (importId === undefined) throw takenForLost()
      isThere = true
      return { uploadId, importId, source, bytes: file.bytes, attempts: 0, options }
    },
    async [Symbol.asyncDispose]() {
      if (!isThere) await deleteUploadThatCannotCome(writing, uploadId)
    },
  }
}

const RETRY_AFTER = { retryAfterSeconds: 5 }

function requireFewer({ uploads }: KeptTotals, limits: Pick<Limits, 'uploads'>): void {
  if (uploads < limits.uploads) return
  throw overLimit('uploads', `${uploads} files wait to be imported, and no more are taken`, RETRY_AFTER)
}

function requireRoom({ bytes }: KeptTotals, { keptUploadBytes }: Pick<Limits, 'keptUploadBytes'>): void {
  if (bytes < keptUploadBytes) return
  const what = `files that wait to be imported take ${bytes} bytes of the database, and no more are taken`
  throw overLimit('keptUploadBytes', what, RETRY_AFTER)
}

function takenForLost(): AppError {
  return new AppError('unavailable', 'nothing was heard of the upload for too long: send the file again')
}
