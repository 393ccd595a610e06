import type { Change } from '../../shared/change.ts'
import { withoutRecord } from '../database/changes-of-store.ts'
import type { Db } from '../database/connect.ts'
import { keysEverOf } from '../database/store-ids.ts'
import { createTouchFinder, type TouchedOfThese } from '../database/touched-stores.ts'

/** A change of some stores, and what it touched of them; undefined where it is of one alone, or it is not recorded. */
export interface TouchingChange {
  readonly change: Change
  readonly touched: TouchedOfThese | undefined
}

/** Those of changes that touched some of the stores, or may have. */
export function createTouching(
  db: Db,
  storeKeys: ReadonlySet<number>,
): (changes: readonly Change[]) => Promise<TouchingChange[]> {
  const finder = createTouchFinder(db, storeKeys)
  return async (changes) => {
    const ofSeveral = changes.flatMap(({ storeId, changeId }) => (storeId === null ? changeId : []))
    const touched = await finder.find(ofSeveral)
    const notRecorded = await withoutRecord(db, ofSeveral)
    const keysOf = await keysEverOf(
      db,
      changes.flatMap(({ storeId }) => storeId ?? []),
    )
    const touches = ({ changeId, storeId }: Change) =>
      storeId === null
        ? touched.has(changeId) || notRecorded.has(changeId)
        : (keysOf.get(storeId) ?? []).some((key) => storeKeys.has(key))
    return changes.filter(touches).map((change) => ({ change, touched: touched.get(change.changeId) }))
  }
}
