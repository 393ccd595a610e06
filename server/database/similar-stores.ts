import { sql } from 'kysely'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Db } from './connect.ts'

/** A store without rules whose id is that of one with rules but for case and punctuation. */
export interface SimilarStores {
  readonly storeId: StoreId
  readonly knownId: StoreId
}

export interface SimilarQuery {
  readonly limit: number
  /** The groups that the stores without rules are in. */
  readonly labels: readonly StoreLabel[]
}

/** How many there are, and the first of them by id. */
export async function findSimilarStores(
  db: Db,
  { limit, labels }: SimilarQuery,
): Promise<{ readonly count: number; readonly first: readonly SimilarStores[] }> {
  const inGroups = labels.map(
    ({ label, value }) =>
      sql`and exists (select 1 from store_label where store_label.store_key = named.store_key
        and label = ${label} and value = ${value})`,
  )
  const { rows } = await sql<{ store_id: StoreId; known_id: StoreId; all_rows: number }>`
    with named as (
      select store_key, store_id, schedule_key,
        lower(replace(replace(replace(replace(store_id, '-', ''), '_', ''), '.', ''), ':', '')) as name
      from store
    ), known as (
      select name, min(store_id) as known_id from named where schedule_key is not null
      and name in (select name from named group by name having count(*) > 1)
      group by name
    )
    select named.store_id, known.known_id, count(*) over () as all_rows
    from named join known on known.name = named.name
    where named.schedule_key is null ${sql.join(inGroups, sql` `)}
    order by named.store_id limit ${limit}`.execute(db)
  return {
    count: Number(rows[0]?.all_rows ?? 0),
    first: rows.map(({ store_id, known_id }) => ({ storeId: store_id, knownId: known_id })),
  }
}
