import { setImmediate } from 'node:timers/promises'
import type { StoreLabel } from '../../shared/group.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { SuggestQuery, Suggestion } from '../../shared/suggestion.ts'
import type { Db } from '../database/connect.ts'
import { nextStoreIds, readStoreNames } from '../database/stores.ts'
import { editDistance } from '../../shared/edit-distance.ts'

/** So few that others are answered in between. */
const STORES_AT_ONCE = 4096
/** One edit is forgiven for so many characters, up to so many edits. */
const CHARACTERS_PER_EDIT = 4
const MOST_EDITS = 3

/** The stores whose ids are nearest to a text: those that begin with it, or are nearly it, whatever the case and punctuation. */
export async function suggestStores(
  db: Db,
  { text, limit }: SuggestQuery,
  /** Only of stores in these groups. */
  groups: readonly StoreLabel[] = [],
): Promise<Suggestion[]> {
  const wanted = plainId(text)
  if (wanted === '') return []
  let nearest: Near[] = []
  let after: StoreId | undefined
  for (;;) {
    const ids = await nextStoreIds(db, after, STORES_AT_ONCE, groups)
    if (ids.length === 0) break
    const near = ids.flatMap((storeId) => nearnessOf(storeId, wanted))
    if (near.length > 0) nearest = [...nearest, ...near].sort(byNearness).slice(0, limit)
    after = ids.at(-1)
    await setImmediate()
  }
  if (nearest.length === 0) return []
  const ids = nearest.map(({ storeId }) => storeId)
  const nameOf = await readStoreNames(db, ids)
  return ids.map((storeId) => ({ storeId, name: nameOf.get(storeId) ?? null }))
}

interface Near {
  readonly storeId: StoreId
  readonly distance: number
  /** How much longer it is. */
  readonly further: number
}

/** An id as it is compared. */
function plainId(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

function nearnessOf(storeId: StoreId, wanted: string): Near | [] {
  const id = plainId(storeId)
  const further = id.length - wanted.length
  if (id.startsWith(wanted)) return { storeId, distance: further === 0 ? 0 : 1, further }
  const most = Math.min(MOST_EDITS, Math.ceil(wanted.length / CHARACTERS_PER_EDIT))
  const distance = editDistance(id, wanted, most)
  return distance === undefined ? [] : { storeId, distance, further: Math.abs(further) }
}

function byNearness(a: Near, b: Near): number {
  return a.distance - b.distance || a.further - b.further || (a.storeId < b.storeId ? -1 : 1)
}
