import { expressionBuilder, type Expression, type SqlBool } from 'kysely'
import { changeKindsBesidesData } from '../../shared/change-kind.ts'
import type { ChangeId } from '../../shared/change.ts'
import type { StoreId } from '../../shared/ids.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import type { Database } from './schema.ts'
import { keysEverOf } from './store-ids.ts'
import { NoSuchStore } from './stores.ts'
import { createTouchFinder } from './touched-stores.ts'

const eb = expressionBuilder<Database, 'change'>()
const touchedBlocks = eb
  .selectFrom('touched_stores')
  .select('block')
  .whereRef('touched_stores.change_id', '=', 'change.change_id')

/** Whether a change was of several stores, and is from before it was recorded which. */
export const isNotRecorded = eb.and([
  eb('change.store_id', 'is', null),
  eb('change.kind', 'not in', changeKindsBesidesData),
  eb.not(eb.exists(touchedBlocks)),
])

/** Those of changes of which that is so. */
export async function withoutRecord(db: Db, changeIds: readonly ChangeId[]): Promise<Set<ChangeId>> {
  const found = new Set<ChangeId>()
  for (const ids of chunks(changeIds)) {
    const rows = await db
      .selectFrom('change')
      .select('change_id')
      .where('change_id', 'in', ids)
      .where(isNotRecorded)
      .execute()
    for (const { change_id } of rows) found.add(change_id)
  }
  return found
}

interface ListedChange {
  readonly change_id: ChangeId
  readonly store_id: StoreId | null
}

/** Finds the changes that touched a store: those of it alone, and those of several stores that changed something of it. */
export interface ChangesOfStore {
  /** Whether a change may be one of them, as far as the database can tell. */
  readonly mayBe: Expression<SqlBool>
  /** The first of them, at most so many, of what `read` finds after others. */
  first<Row extends ListedChange>(
    most: number,
    read: (after: Row | undefined, most: number) => Promise<Row[]>,
  ): Promise<Row[]>
}

const ROWS_AT_ONCE = 500

/** Throws a `not-found` AppError where there is no such store, nor was. */
export async function findChangesOf(db: Db, storeId: StoreId): Promise<ChangesOfStore> {
  const keys = (await keysEverOf(db, [storeId])).get(storeId)
  if (keys === undefined) throw new NoSuchStore(storeId)
  const { blocks, find } = createTouchFinder(db, keys)
  return {
    mayBe: eb.or([
      eb('change.store_id', '=', storeId),
      eb.exists(touchedBlocks.where('block', 'in', blocks)),
    ]),
    async first(most, read) {
      const found = []
      for (let last; ;) {
        const rows = await read(last, ROWS_AT_ONCE)
        const touched = await find(rows.map(({ change_id }) => change_id))
        found.push(...rows.filter((row) => row.store_id === storeId || touched.has(row.change_id)))
        if (found.length >= most || rows.length < ROWS_AT_ONCE) return found.slice(0, most)
        last = rows.at(-1)
      }
    },
  }
}
