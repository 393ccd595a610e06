import type { ImportId, StoreId } from '../../shared/ids.ts'
import type { ImportKind } from '../../shared/import-kind.ts'
import type { Db } from './connect.ts'
import type { PartStores } from './dialect/dialect.ts'

/** The imports of a kind that have rejected rows which name stores. */
export async function importsWithRejectedStores(db: Db, kind: ImportKind): Promise<ImportId[]> {
  const rows = await db
    .selectFrom('import')
    .select('import_id')
    .where('kind', '=', kind)
    .where('rows_rejected', '>', 0)
    .where('state', 'in', ['complete', 'failed'])
    .execute()
  return rows.map(({ import_id }) => import_id)
}

/** Of the stores of a part those that rejected rows of some imports name. */
export async function storesWithRejectedRows(
  db: Db,
  importIds: readonly ImportId[],
  { firstStoreId, nextStoreId }: PartStores,
): Promise<ReadonlySet<StoreId>> {
  if (importIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('rejected_store')
    .select('store_id')
    .distinct()
    .where('import_id', 'in', importIds)
    .where('store_id', '>=', firstStoreId)
    .$if(nextStoreId !== null, (query) => query.where('store_id', '<', nextStoreId!))
    .execute()
  return new Set(rows.map(({ store_id }) => store_id))
}

/** Why the first rejected row of each of some stores was rejected, in the latest of some imports: `file:line: reason`. */
export async function reasonsOfStores(
  db: Db,
  importIds: readonly ImportId[],
  storeIds: readonly StoreId[],
): Promise<ReadonlyMap<StoreId, string>> {
  if (importIds.length === 0 || storeIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('rejected_store')
    .innerJoin('import', 'import.import_id', 'rejected_store.import_id')
    .innerJoin('rejected_reason', (join) =>
      join
        .onRef('rejected_reason.import_id', '=', 'rejected_store.import_id')
        .onRef('rejected_reason.reason_number', '=', 'rejected_store.reason_number'),
    )
    .select(['store_id', 'source', 'reason', 'rejected_store.first_line as line'])
    .where('rejected_store.import_id', 'in', importIds)
    .where('store_id', 'in', storeIds)
    .orderBy('rejected_store.import_id')
    .orderBy('rejected_store.first_line', 'desc')
    .execute()
  return new Map(rows.map(({ store_id, source, line, reason }) => [store_id, `${source}:${line}: ${reason}`]))
}
