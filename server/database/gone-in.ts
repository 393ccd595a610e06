import type { ChangeId } from '../../shared/change.ts'
import type { ImportId } from '../../shared/ids.ts'
import { bothChanged, nothingChanged, type Changed } from './changed.ts'
import type { Db } from './connect.ts'
import { touchedKeysAfter } from './touched-stores.ts'

/** What has gone in of an import. */
export interface GoneIn {
  readonly accepted: number
  readonly changed: Changed
  /** The change that it is recorded as; undefined where it changed nothing. */
  readonly changeId: ChangeId | undefined
}

export const nothingWentIn: GoneIn = { accepted: 0, changed: nothingChanged, changeId: undefined }

/** What has gone in of an import that is begun anew: steps of a large file. */
export async function readGoneIn(db: Db, importId: ImportId): Promise<GoneIn> {
  const row = await db
    .selectFrom('import')
    .select(['rows_accepted', 'rows_changed', 'first_poll_at', 'last_poll_at'])
    .where('import_id', '=', importId)
    .executeTakeFirst()
  if (row === undefined || row.rows_accepted === 0) return nothingWentIn
  const change = await db
    .selectFrom('change')
    .select('change_id')
    .where('import_id', '=', importId)
    .executeTakeFirst()
  return {
    accepted: row.rows_accepted,
    changed: {
      rows: row.rows_changed,
      storeKeys: change === undefined ? [] : await touchedKeysAfter(db, change.change_id, -1, Infinity),
      firstPollMs: row.first_poll_at ?? undefined,
      lastPollMs: row.last_poll_at ?? undefined,
    },
    changeId: change?.change_id,
  }
}

/** What has changed in all, where some of the same stores may have been changed again. */
export function changedInAll(before: Changed, now: Changed): Changed {
  const known = new Set(before.storeKeys)
  return bothChanged(before, { ...now, storeKeys: now.storeKeys.filter((key) => !known.has(key)) })
}
