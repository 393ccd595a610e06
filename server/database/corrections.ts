import type { StoreId } from '../../shared/ids.ts'
import type { CorrectionKind } from '../../shared/correction-kind.ts'
import type { Interval } from '../uptime/interval.ts'
import { ascending } from './ascending.ts'
import type { Changed } from './changed.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import { keyRanges } from './dialect/key-ranges.ts'
import { createTouchedStores } from './kept-weeks.ts'
import { markStores } from './store-states.ts'
import { keysOfStores } from './stores.ts'
import type { WriteTx } from './write-alone.ts'

export interface NewCorrection {
  readonly storeId: StoreId
  readonly fromMs: number
  readonly toMs: number
  readonly kind: CorrectionKind
  readonly reason: string
  readonly author: string | null
}

/** A correction as a judge needs it. */
export interface CorrectedTime {
  readonly kind: CorrectionKind
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Adds corrections to stores, known or new, and returns what changed: one that is in force already counts once, and one
 * that was revoked is added again only where `revoked` says so. `corrections` are in ascending order of store id.
 */
export async function addCorrections(
  tx: WriteTx,
  corrections: readonly NewCorrection[],
  { createdAt, revoked }: { readonly createdAt: number; readonly revoked: 'add again' | 'leave' },
): Promise<Changed> {
  const storeIds = [...new Set(corrections.map(({ storeId }) => storeId))]
  const keys = await keysOfStores(tx, storeIds)
  const keyOf = new Map(storeIds.map((storeId, i) => [storeId, keys[i]!]))
  const known = await knownTexts(tx, keys, revoked)
  const rows = []
  for (const { storeId, fromMs, toMs, kind, reason, author } of corrections) {
    const row = { store_key: keyOf.get(storeId)!, from_at: fromMs, to_at: toMs, kind, reason, author }
    const text = textOf(row)
    if (known.has(text)) continue
    known.add(text)
    rows.push({ ...row, created_at: createdAt, revoked_at: null, revoked_by: null })
  }
  for (const chunk of chunks(rows)) await tx.insertInto('correction').values(chunk).execute()
  const touched = createTouchedStores()
  for (const { store_key, from_at, to_at } of rows) touched.add(store_key, { startMs: from_at, endMs: to_at })
  await touched.forget(tx)
  const storeKeys = [...new Set(rows.map(({ store_key }) => store_key))]
  await markStores(tx, storeKeys)
  return { rows: rows.length, storeKeys }
}

interface CorrectionRow {
  readonly store_key: number
  readonly from_at: number
  readonly to_at: number
  readonly kind: CorrectionKind
  readonly reason: string
}

/** What makes it the same one. */
function textOf({ store_key, from_at, to_at, kind, reason }: CorrectionRow): string {
  return `${store_key} ${from_at} ${to_at} ${kind} ${reason}`
}

async function knownTexts(
  db: Db,
  storeKeys: readonly number[],
  revoked: 'add again' | 'leave',
): Promise<Set<string>> {
  const texts = new Set<string>()
  for (const chunk of chunks(storeKeys)) {
    const rows = await db
      .selectFrom('correction')
      .select(['store_key', 'from_at', 'to_at', 'kind', 'reason'])
      .where('store_key', 'in', chunk)
      .$if(revoked === 'add again', (query) => query.where('revoked_at', 'is', null))
      .execute()
    for (const row of rows) texts.add(textOf(row))
  }
  return texts
}

/** The corrections of stores that are in force, by store key, where they touch some time. */
export async function readCorrections(
  db: Db,
  storeKeys: readonly number[],
  time: Interval,
): Promise<ReadonlyMap<number, CorrectedTime[]>> {
  const keys = ascending(storeKeys)
  const inForce = db
    .selectFrom('correction')
    .select(['store_key as storeKey', 'kind', 'from_at as fromMs', 'to_at as toMs'])
    .where('revoked_at', 'is', null)
    .where('from_at', '<', time.endMs)
    .where('to_at', '>', time.startMs)
  const ranges = keyRanges(keys)
  if (ranges !== undefined) {
    const rows = await inForce
      .where((eb) => eb.or(ranges.map(({ first, last }) => eb.between('store_key', first, last))))
      .execute()
    // Some are of stores between those that are asked for: nobody asks for them.
    return Map.groupBy(rows, ({ storeKey }) => storeKey)
  }
  const rows = []
  for (const chunk of chunks(keys)) rows.push(...(await inForce.where('store_key', 'in', chunk).execute()))
  return Map.groupBy(rows, ({ storeKey }) => storeKey)
}
