import { AppError } from '../../shared/app-error.ts'
import type { Correction, CorrectionId, CorrectionListQuery } from '../../shared/correction.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Page } from '../../shared/page.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { recordChange, type ChangeMade } from './changes.ts'
import type { Db } from './connect.ts'
import { addCorrections, type NewCorrection } from './corrections.ts'
import { forgetWeeks } from './kept-weeks.ts'
import { numberOfCursor } from './cursor.ts'
import { hasLabels } from './labelled.ts'
import { markStores } from './store-states.ts'
import { getStore } from './stores.ts'
import type { WriteTx } from './write-alone.ts'

/**
 * Adds a correction to a store, and returns the record of it: that of the same one where it counts already. Throws a
 * `not-found` AppError for a store that nothing names, as that is a wrong id more likely than a new store.
 */
export async function createCorrection(
  tx: WriteTx,
  correction: NewCorrection,
  createdAt: number,
): Promise<Correction> {
  await getStore(tx, correction.storeId)
  const { rows: added } = await addCorrections(tx, [correction], { createdAt, revoked: 'add again' })
  const { storeId, fromMs, toMs, kind, reason } = correction
  const row = await correctionRows(tx)
    .where('store_id', '=', storeId)
    .where('from_at', '=', fromMs)
    .where('to_at', '=', toMs)
    .where('kind', '=', kind)
    .where('reason', '=', reason)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  const made = { by: correction.author, reason, at: createdAt }
  if (added > 0) await recordCorrection(tx, 'correction', row, made)
  return correctionOf(row)
}

async function recordCorrection(
  tx: WriteTx,
  kind: 'correction' | 'correction-revoked',
  row: CorrectionRow,
  made: ChangeMade,
): Promise<void> {
  await recordChange(tx, {
    ...made,
    kind,
    what: `correction ${row.correction_id}: ${row.kind}`,
    storeId: row.store_id,
    correctionId: row.correction_id,
    fromMs: row.from_at,
    toMs: row.to_at,
  })
}

/** Ends a correction: it counts no more, and its record stays. One that was revoked before stays as it is. */
export async function revokeCorrection(
  tx: WriteTx,
  correctionId: CorrectionId,
  revoked: ChangeMade,
): Promise<Correction> {
  const inForce = await tx
    .updateTable('correction')
    .set({ revoked_at: revoked.at, revoked_by: revoked.by })
    .where('correction_id', '=', correctionId)
    .where('revoked_at', 'is', null)
    .returning('store_key')
    .executeTakeFirst()
  const row = await correctionRows(tx).where('correction_id', '=', correctionId).executeTakeFirst()
  if (row === undefined) throw noSuchCorrection(correctionId)
  if (inForce !== undefined) {
    await forgetWeeks(tx, [inForce.store_key], { startMs: row.from_at, endMs: row.to_at })
    await markStores(tx, [inForce.store_key])
    await recordCorrection(tx, 'correction-revoked', row, revoked)
  }
  return correctionOf(row)
}

/** undefined where there is no such correction. */
export async function storeOfCorrection(db: Db, correctionId: number): Promise<StoreId | undefined> {
  const row = await correctionRows(db).where('correction_id', '=', correctionId).executeTakeFirst()
  return row?.store_id
}

export function noSuchCorrection(correctionId: number): AppError {
  return new AppError('not-found', `there is no correction ${correctionId}`)
}

/** Corrections, newest first. The cursor is the last number of a page. */
export async function listCorrections(
  db: Db,
  { limit, cursor, storeId, labels = [], state }: CorrectionListQuery,
): Promise<Page<Correction>> {
  const before = numberOfCursor(cursor, 'a list of corrections')
  const rows = await correctionRows(db)
    .$if(before !== undefined, (query) => query.where('correction_id', '<', before!))
    .$if(storeId !== undefined, (query) => query.where('store_id', '=', storeId!))
    .$if(labels.length > 0, (query) => query.where(hasLabels(labels)))
    .$if(state === 'in-force', (query) => query.where('revoked_at', 'is', null))
    .orderBy('correction_id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(correctionOf)
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)!.correctionId) : null }
}

function correctionRows(db: Db) {
  return db
    .selectFrom('correction')
    .innerJoin('store', 'store.store_key', 'correction.store_key')
    .select([
      'correction_id',
      'store_id',
      'from_at',
      'to_at',
      'kind',
      'reason',
      'author',
      'created_at',
      'revoked_at',
      'revoked_by',
    ])
}

type CorrectionRow = Awaited<ReturnType<ReturnType<typeof correctionRows>['executeTakeFirstOrThrow']>>

function correctionOf(row: CorrectionRow): Correction {
  return {
    correctionId: row.correction_id as CorrectionId,
    storeId: row.store_id,
    from: formatTimestamp(row.from_at),
    to: formatTimestamp(row.to_at),
    kind: row.kind,
    reason: row.reason,
    author: row.author,
    createdAt: formatTimestamp(row.created_at),
    revokedAt: row.revoked_at === null ? null : formatTimestamp(row.revoked_at),
    revokedBy: row.revoked_by,
  }
}
