/** Uploads that are coming: their bytes, until they are all there. */
import type { ImportId } from '../../shared/ids.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { insertImport, type BegunImport } from './imports.ts'
import { claimEnd, type UploadClaim, type UploadOptions } from './uploads.ts'

/** Begins to keep an upload that is coming. */
export async function insertUpload(db: Db, { owner, claimMs }: UploadClaim): Promise<number> {
  const { upload_id } = await db
    .insertInto('upload')
    .values({
      import_id: null,
      options: '{}',
      kept_bytes: 0,
      attempts: 0,
      created_at: dialectOf(db).clock,
      claimed_by: owner,
      claimed_until: claimEnd(db, claimMs),
    })
    .returning('upload_id')
    .executeTakeFirstOrThrow()
  return upload_id
}

/** Bytes of an upload that is coming, packed. */
export interface NextChunk {
  readonly uploadId: number
  readonly owner: string
  readonly number: number
  readonly bytes: Uint8Array
}

/** Keeps the next bytes of an upload. False where it was taken for lost meanwhile. */
export async function insertUploadChunk(
  db: Db,
  { uploadId, owner, number, bytes }: NextChunk,
): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('upload')
      .set((eb) => ({ kept_bytes: eb('kept_bytes', '+', bytes.length) }))
      .where('upload_id', '=', uploadId)
      .where('claimed_by', '=', owner)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return false
    await tx.insertInto('upload_chunk').values({ upload_id: uploadId, number, bytes }).execute()
    return true
  })
}

/** Records that all of an upload is kept, and its import, as one; undefined where it was taken for lost meanwhile. */
export async function insertUploadedImport(
  db: Db,
  uploadId: number,
  begun: Omit<BegunImport, 'isKept' | 'owner'>,
  { options, owner, claimMs }: UploadClaim & { readonly options: UploadOptions },
): Promise<ImportId | undefined> {
  return await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('upload')
      .set({ options: JSON.stringify(options), claimed_until: claimEnd(db, claimMs) })
      .where('upload_id', '=', uploadId)
      .where('claimed_by', '=', owner)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return undefined
    const importId = await insertImport(tx, { ...begun, owner, isKept: true })
    await tx.updateTable('upload').set({ import_id: importId }).where('upload_id', '=', uploadId).execute()
    return importId
  })
}
