/** Uploads that are kept until they are imported: their bytes, and who is at them. */
import { sql } from 'kysely'
import type { ColumnMap } from '../../shared/column-map.ts'
import type { ImportId } from '../../shared/ids.ts'
import type { MaxRejected } from '../../shared/max-rejected.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'
import { insertImport, type BegunImport, type OwnImport } from './imports.ts'

/** How an upload is to be imported. */
export interface UploadOptions {
  readonly maxRejected?: MaxRejected | undefined
  readonly columnMap?: ColumnMap | undefined
  readonly by: string | null
}

/** Who claims, and for how long where nothing more is heard of them. */
export interface UploadClaim {
  readonly owner: string
  readonly claimMs: number
}

/** What is kept, in all. */
export interface KeptTotals {
  readonly uploads: number
  /** As they are packed. */
  readonly bytes: number
}

/** An upload that is to be imported. */
export interface TakenUpload {
  readonly uploadId: number
  readonly importId: ImportId
  readonly source: string
  /** Of the file. */
  readonly bytes: number
  /** How many have begun to import it, the one who has it now included. */
  readonly attempts: number
  readonly options: UploadOptions
}

const until = (db: Db, ms: number) => sql<number>`${dialectOf(db).clock} + ${sql.lit(ms)}`
const isFree = (db: Db) => sql<boolean>`claimed_until <= ${dialectOf(db).clock}`

/** Begins to keep an upload that is coming. */
export async function insertUpload(db: Db, { owner, claimMs }: UploadClaim): Promise<number> {
  const { upload_id } = await db
    .insertInto('upload')
    .values({
      import_id: null,
      options: '{}',
      kept_bytes: 0,
      attempts: 1,
      created_at: dialectOf(db).clock,
      claimed_by: owner,
      claimed_until: until(db, claimMs),
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
      .set({ options: JSON.stringify(options), claimed_until: until(db, claimMs) })
      .where('upload_id', '=', uploadId)
      .where('claimed_by', '=', owner)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return undefined
    const importId = await insertImport(tx, { ...begun, owner, isKept: true })
    await tx.updateTable('upload').set({ import_id: importId }).where('upload_id', '=', uploadId).execute()
    return importId
  })
}

export async function keptTotals(db: Db): Promise<KeptTotals> {
  const { uploads, bytes } = await db
    .selectFrom('upload')
    .select((eb) => [
      eb.fn.countAll<number>().as('uploads'),
      eb.fn.coalesce(eb.fn.sum<number>('kept_bytes'), sql.lit(0)).as('bytes'),
    ])
    .executeTakeFirstOrThrow()
  return { uploads: Number(uploads), bytes: Number(bytes) }
}

/** How many uploads that are to be imported nobody has been at for so long. */
export async function forsakenUploads(db: Db, forMs: number): Promise<number> {
  const { forsaken } = await db
    .selectFrom('upload')
    .innerJoin('import', 'import.import_id', 'upload.import_id')
    .select((eb) => eb.fn.countAll<number>().as('forsaken'))
    .where('state', '=', 'running')
    .where(sql<boolean>`claimed_until <= ${until(db, -forMs)}`)
    .executeTakeFirstOrThrow()
  return Number(forsaken)
}

/** What there is to be done for uploads: some that nobody is at, and some that are over. */
export async function lookAtUploads(db: Db): Promise<{ readonly free: boolean; readonly over: number[] }> {
  const rows = await db
    .selectFrom('upload')
    .leftJoin('import', 'import.import_id', 'upload.import_id')
    .select(['upload_id', 'upload.import_id', 'state'])
    .select(sql<number>`case when ${isFree(db)} then 1 else 0 end`.as('free'))
    .execute()
  // One that never came as a whole is over when nobody is at it.
  const isOver = (row: (typeof rows)[number]) =>
    row.import_id === null ? row.free === 1 : row.state !== 'running'
  return {
    free: rows.some((row) => row.free === 1 && !isOver(row)),
    over: rows.filter(isOver).map((row) => row.upload_id),
  }
}

/** Puts the end of claims off, of those that are still the owner's. */
export async function keepUploadClaims(
  db: Db,
  uploadIds: readonly number[],
  { owner, claimMs }: UploadClaim,
): Promise<void> {
  for (const some of chunks(uploadIds)) {
    await db
      .updateTable('upload')
      .set({ claimed_until: until(db, claimMs) })
      .where('upload_id', 'in', some)
      .where('claimed_by', '=', owner)
      .execute()
  }
}

/** Takes all uploads that are to be imported and that nobody is at, in the order in which they came. */
export async function takeUploads(db: Db, { owner, claimMs }: UploadClaim): Promise<TakenUpload[]> {
  return await db.transaction().execute(async (tx) => {
    const taken = await tx
      .updateTable('upload')
      .set((eb) => ({
        claimed_by: owner,
        claimed_until: until(db, claimMs),
        attempts: eb('attempts', '+', 1),
      }))
      .where(isFree(db))
      .where('import_id', 'in', (eb) =>
        eb.selectFrom('import').select('import.import_id').where('state', '=', 'running'),
      )
      .returning(['upload_id', 'import_id', 'attempts', 'options'])
      .execute()
    const uploads: TakenUpload[] = []
    for (const { upload_id: uploadId, import_id, attempts, options } of taken) {
      // Whoever had it can write nothing of it any more.
      const begun = await tx
        .updateTable('import')
        .set({ owner })
        .where('import_id', '=', import_id!)
        .where('state', '=', 'running')
        .returning(['source', 'bytes'])
        .executeTakeFirst()
      if (begun === undefined) continue
      uploads.push({
        uploadId,
        importId: import_id!,
        attempts,
        ...begun,
        options: JSON.parse(options) as UploadOptions,
      })
    }
    return uploads.sort((one, other) => one.importId - other.importId)
  })
}

/** Gives an upload back, for others to take it, or for its owner, after so long. */
export async function releaseUpload(
  db: Db,
  { uploadId, owner, importId }: OwnImport & { readonly uploadId: number },
  afterMs: number,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('upload')
      .set((eb) => ({
        claimed_by: null,
        claimed_until: until(db, afterMs),
        attempts: eb('attempts', '-', 1),
      }))
      .where('upload_id', '=', uploadId)
      .where('claimed_by', '=', owner)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    await tx
      .updateTable('import')
      .set({ owner: null })
      .where('import_id', '=', importId)
      .where('state', '=', 'running')
      .execute()
  })
}

/** What is kept of an upload, packed, in its order. */
export async function* readUploadChunks(db: Db, uploadId: number): AsyncGenerator<Uint8Array> {
  for (let number = 0; ; number++) {
    const chunk = await db
      .selectFrom('upload_chunk')
      .select('bytes')
      .where('upload_id', '=', uploadId)
      .where('number', '=', number)
      .executeTakeFirst()
    if (chunk === undefined) return
    yield chunk.bytes
  }
}

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
