import type { ChangeId } from '../../shared/change.ts'
import { bytesOfWords, wordsOfBytes } from '../uptime/words.ts'
import { chunks } from './chunks.ts'
import type { Db } from './connect.ts'
import {
  blockOf,
  blocksOf,
  bothOf,
  eitherOf,
  keysOf,
  packedBits,
  unpackedBits,
  type KeyBits,
} from './store-sets.ts'
import type { WriteTx } from './write-alone.ts'

/** Records which stores a change touched, in the transaction that changes them, besides those of its transactions before. */
export async function recordTouchedStores(
  tx: WriteTx,
  changeId: ChangeId,
  storeKeys: readonly number[],
): Promise<void> {
  for (const blocks of chunks(blocksOf(storeKeys))) {
    const before = await readBlocks(
      tx,
      [changeId],
      blocks.map(([block]) => block),
    )
    const bitsOf = new Map(before.map(({ block, bits }) => [block, bits]))
    const rows = blocks.map(([block, bits]) => {
      const known = bitsOf.get(block)
      const all = known === undefined ? bits : eitherOf(known, bits)
      return { change_id: changeId, block, stores: bytesOfWords(packedBits(all)) }
    })
    await tx
      .insertInto('touched_stores')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['change_id', 'block'])
          .doUpdateSet(({ ref }) => ({ stores: ref('excluded.stores') })),
      )
      .execute()
  }
}

interface TouchedBlock {
  readonly changeId: ChangeId
  readonly block: number
  readonly bits: KeyBits
}

async function readBlocks(
  db: Db,
  changeIds: readonly ChangeId[],
  blocks: readonly number[],
): Promise<TouchedBlock[]> {
  const rows = await db
    .selectFrom('touched_stores')
    .selectAll()
    .where('change_id', 'in', changeIds)
    .where('block', 'in', blocks)
    .execute()
  return rows.map(({ change_id, block, stores }) => ({ changeId: change_id, block, bits: bitsOf(stores) }))
}

function bitsOf(stores: Uint8Array): KeyBits {
  return unpackedBits(wordsOfBytes(stores))
}

const BLOCKS_AT_ONCE = 32

/** The first keys after one, at most so many, of the stores that a change touched, in ascending order. */
export async function touchedKeysAfter(
  db: Db,
  changeId: ChangeId,
  after: number,
  most: number,
): Promise<number[]> {
  const keys: number[] = []
  for (let from = blockOf(after + 1); keys.length < most;) {
    const rows = await db
      .selectFrom('touched_stores')
      .select(['block', 'stores'])
      .where('change_id', '=', changeId)
      .where('block', '>=', from)
      .orderBy('block')
      .limit(BLOCKS_AT_ONCE)
      .execute()
    for (const { block, stores } of rows) {
      for (const key of keysOf(block, bitsOf(stores))) if (key > after) keys.push(key)
    }
    if (rows.length < BLOCKS_AT_ONCE) break
    from = rows.at(-1)!.block + 1
  }
  return keys.slice(0, most)
}

/** What a change touched of the stores that are looked for. */
export interface TouchedOfThese {
  readonly count: number
  readonly firstKey: number
}

export interface TouchFinder {
  /** Where the stores are: changes that touched nothing there need not be asked about. */
  readonly blocks: readonly number[]
  /** Which changes touched some of the stores, and what of them. */
  find(changeIds: readonly ChangeId[]): Promise<ReadonlyMap<ChangeId, TouchedOfThese>>
}

/** So many blocks are looked at together: 512 bytes each at most. */
const BLOCKS_COMPARED_AT_ONCE = 10_000

export function createTouchFinder(db: Db, storeKeys: Iterable<number>): TouchFinder {
  const sought = blocksOf(storeKeys)
  const blocks = [...sought.keys()]
  const changesAtOnce = Math.max(1, Math.floor(BLOCKS_COMPARED_AT_ONCE / blocks.length))
  return {
    blocks,
    async find(changeIds) {
      const found = new Map<ChangeId, TouchedOfThese>()
      if (blocks.length === 0) return found
      for (const ids of chunks(changeIds, Math.min(changesAtOnce, 500))) {
        for (const { changeId, block, bits } of await readBlocks(db, ids, blocks)) {
          const keys = keysOf(block, bothOf(bits, sought.get(block)!))
          const [first] = keys
          if (first === undefined) continue
          const { count, firstKey } = found.get(changeId) ?? { count: 0, firstKey: first }
          found.set(changeId, { count: count + keys.length, firstKey: Math.min(firstKey, first) })
        }
      }
      return found
    },
  }
}
