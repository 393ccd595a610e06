import type { ImportId } from '../../shared/ids.ts'
import type { Db } from './connect.ts'
import { isFree } from './uploads.ts'

/**
 * Removes an upload that is over: its import has ended, or it never came as a whole, and nobody is at it. Not one that came meanwhile
 * after all.
 */
export async function deleteUploadThatIsOver(db: Db, uploadId: number): Promise<void> {
  await db
    .updateTable('upload')
    .set({ claimed_by: null })
    .where('upload_id', '=', uploadId)
    .where('import_id', 'is', null)
    .where(isFree(db))
    .execute()
  const upload = await db
    .selectFrom('upload')
    .select(['import_id', 'claimed_by'])
    .where('upload_id', '=', uploadId)
    .executeTakeFirst()
  if (upload === undefined) return
  const isLost = upload.import_id === null && upload.claimed_by === null
  if (isLost || (upload.import_id !== null && !(await isRunning(db, upload.import_id))))
    await deleteUpload(db, uploadId)
}

/** Removes an upload that its sender is told has failed. Not one that came all the same: that is imported. */
export async function deleteUploadThatCannotCome(db: Db, uploadId: number): Promise<void> {
  const upload = await db
    .selectFrom('upload')
    .select('import_id')
    .where('upload_id', '=', uploadId)
    .executeTakeFirst()
  if (upload?.import_id === null) await deleteUpload(db, uploadId)
}

async function isRunning(db: Db, importId: ImportId): Promise<boolean> {
  const row = await db
    .selectFrom('import')
    .select('import_id')
    .where('import_id', '=', importId)
    .where('state', '=', 'running')
    .executeTakeFirst()
  return row !== undefined
}

const CHUNKS_AT_ONCE = 64

/** Removes what is kept of an upload, some at a time, so that others write in between. */
export async function deleteUpload(db: Db, uploadId: number): Promise<void> {
  const last = await db
    .selectFrom('upload_chunk')
    .select((eb) => eb.fn.max('number').as('number'))
    .where('upload_id', '=', uploadId)
    .executeTakeFirst()
  for (let number = 0; number <= (last?.number ?? -1); number += CHUNKS_AT_ONCE) {
    await db
      .deleteFrom('upload_chunk')
      .where('upload_id', '=', uploadId)
      .where('number', '>=', number)
      .where('number', '<', number + CHUNKS_AT_ONCE)
      .execute()
  }
  await db.deleteFrom('upload').where('upload_id', '=', uploadId).execute()
}
