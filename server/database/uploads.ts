/** Uploads that are kept until they are imported, and who is at them. */
import { sql, type RawBuilder } from 'kysely'
import type { ColumnMap } from '../../shared/column-map.ts'
import type { ImportId } from '../../shared/ids.ts'
import type { MaxRejected } from '../../shared/max-rejected.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'

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

/** When a claim ends that begins now, by the database's clock. */
export function claimEnd(db: Db, ms: number): RawBuilder<number> {
  return sql<number>`${dialectOf(db).clock} + ${sql.lit(ms)}`
}

/** Whether nobody has it. */
export function isFree(db: Db): RawBuilder<boolean> {
  return sql<boolean>`claimed_until <= ${dialectOf(db).clock}`
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
  /** How many began to import it, and were gone before its end. */
  readonly attempts: number
  readonly options: UploadOptions
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
    .where(sql<boolean>`claimed_until <= ${claimEnd(db, -forMs)}`)
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
      .set({ claimed_until: claimEnd(db, claimMs) })
      .where('upload_id', 'in', some)
      .where('claimed_by', '=', owner)
      .execute()
  }
}

/**
 * Takes all uploads that are to be imported and that nobody is at, in the order in which they came; not those that are `own`, whose claims
 * may have run out while the process was frozen.
 */
export async function takeUploads(
  db: Db,
  { owner, claimMs }: UploadClaim,
  own: ReadonlySet<number>,
): Promise<TakenUpload[]> {
  return await db.transaction().execute(async (tx) => {
    const taken = await tx
      .updateTable('upload')
      .set({ claimed_by: owner, claimed_until: claimEnd(db, claimMs) })
      .where(isFree(db))
      .$if(own.size > 0, (query) => query.where('upload_id', 'not in', [...own]))
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

/** Records that the import of an upload is begun, which may be the end of whoever begins it. */
export async function countAttempt(db: Db, importId: ImportId): Promise<void> {
  await db
    .updateTable('upload')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('import_id', '=', importId)
    .execute()
}

/** Gives an upload back, as if it had not been begun, for others to take it, or for its owner, after so long. */
export async function releaseUpload(
  db: Db,
  { uploadId, importId, attempts }: TakenUpload,
  { owner, afterMs }: { readonly owner: string; readonly afterMs: number },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('upload')
      .set({ claimed_by: null, claimed_until: claimEnd(db, afterMs), attempts })
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
