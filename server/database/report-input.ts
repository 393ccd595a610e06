import type { StoreId } from '../../shared/ids.ts'
import type { WeeklySpan } from '../../shared/store.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { concatenatedBytes, numbersAsJson } from './dialect/sqlite/aggregates.ts'
import type { PartPlan } from './report-parts.ts'
import { spansOfText } from './weekly-spans.ts'

export interface StoreRules {
  readonly storeKey: number
  readonly storeId: StoreId
  readonly timezone: string | null
  readonly businessHoursKey: number | null
}

/** Keys that are no further apart are read as a range: it takes less to skip some than to begin another one. */
const MOST_KEYS_APART = 8
/** A part whose keys lie in more ranges is read store by store. */
const MOST_KEY_RANGES = 64

/** Stores that follow each other in `store_id`. */
export type PartStores = Pick<PartPlan, 'firstStoreId' | 'nextStoreId'>

/** The stores of a part and the keys of their rules, in ascending order of id. */
export async function readStoreRules(db: Db, part: PartStores): Promise<StoreRules[]> {
  return storesOf(db, part)
    .select([
      'store_key as storeKey',
      'store_id as storeId',
      'timezone',
      'business_hours_key as businessHoursKey',
    ])
    .orderBy('store_id')
    .execute()
}

/** The packed polls of stores in a week: those of `storeKeys[i]` are the next `lengths[i]` bytes of `polls`. */
export interface PollsOfWeek {
  readonly storeKeys: readonly number[]
  readonly lengths: readonly number[]
  readonly polls: Uint8Array
}

/**
 * Reads a part's polls of a week as one row: to hand over a row for each store takes the driver several times as long
 * as to read its bytes. There may be polls of other stores among them.
 */
export async function readPartPolls(
  db: Db,
  part: PartStores,
  ranges: readonly KeyRange[],
  week: number,
): Promise<PollsOfWeek> {
  const ofWeek = db.selectFrom('poll_week').select(['store_key', 'polls']).where('week', '=', week)
  const [firstRange, ...otherRanges] = ranges.map(({ first, last }) =>
    ofWeek.where('store_key', '>=', first).where('store_key', '<=', last),
  )
  const ofPart =
    firstRange !== undefined && otherRanges.length < MOST_KEY_RANGES
      ? otherRanges.reduce((all, range) => all.unionAll(range), firstRange)
      : ofWeek.where('store_key', 'in', storesOf(db, part).select('store_key'))
  const { keys, lengths, polls } = await db
    .selectFrom(ofPart.as('of_part'))
    .select(({ fn, ref }) => [
      numbersAsJson(ref('store_key')).as('keys'),
      numbersAsJson(fn<number>('length', ['polls'])).as('lengths'),
      concatenatedBytes(ref('polls')).as('polls'),
    ])
    .executeTakeFirstOrThrow()
  return {
    storeKeys: JSON.parse(keys) as number[],
    lengths: JSON.parse(lengths) as number[],
    polls: polls ?? new Uint8Array(),
  }
}

export interface KeyRange {
  readonly first: number
  last: number
}

/** Ranges with the keys of stores, and with some others that lie between them. */
export function keyRanges(stores: readonly StoreRules[]): KeyRange[] {
  const keys = new Float64Array(stores.length)
  for (let i = 0; i < keys.length; i++) keys[i] = stores[i]!.storeKey
  keys.sort()
  const ranges: KeyRange[] = []
  for (const key of keys) {
    const range = ranges.at(-1)
    if (range !== undefined && key - range.last <= MOST_KEYS_APART) range.last = key
    else ranges.push({ first: key, last: key })
  }
  return ranges
}

function storesOf(db: Db, { firstStoreId, nextStoreId }: PartStores) {
  return db
    .selectFrom('store')
    .where('store_id', '>=', firstStoreId)
    .$if(nextStoreId !== null, (query) => query.where('store_id', '<', nextStoreId!))
}

/** Weekly rules by their keys. A rule never changes once it has a key. */
export async function readBusinessHours(
  db: Db,
  keys: readonly number[],
): Promise<{ businessHoursKey: number; spans: WeeklySpan[] }[]> {
  const rules = []
  for (const chunk of chunks(keys)) {
    const rows = await db
      .selectFrom('business_hours')
      .selectAll()
      .where('business_hours_key', 'in', chunk)
      .execute()
    for (const row of rows) {
      rules.push({ businessHoursKey: row.business_hours_key, spans: spansOfText(row.spans) })
    }
  }
  return rules
}
