import type { StoreId } from '../../shared/ids.ts'
import type { Db } from './connect.ts'
import { keysOfStores } from './stores.ts'
import type { WriteTx } from './write-alone.ts'

/** What a writer knows of the keys of stores, so that they are not looked up for each of their polls. */
export interface KnownStores {
  /** The keys of stores, each for its id, which may come in any order and again; those that are new get the next ones. */
  keysOf(tx: WriteTx, storeIds: readonly StoreId[]): Promise<number[]>
  /** To be called where the transaction failed: a key that was given in it is free again. */
  forget(): void
}

/** Some 30 MB. */
const MOST_KNOWN = 250_000

export function createKnownStores(): KnownStores {
  const known = new Map<StoreId, number>()
  let deletedBefore = 0

  return {
    async keysOf(tx, storeIds) {
      // The only way for a store to get another key.
      const deleted = await countDeleted(tx)
      if (deleted !== deletedBefore || known.size > MOST_KNOWN) known.clear()
      deletedBefore = deleted
      const unknown = new Set<StoreId>()
      for (const storeId of storeIds) if (!known.has(storeId)) unknown.add(storeId)
      if (unknown.size > 0) {
        const inOrder = [...unknown].sort(byBytes)
        const keys = await keysOfStores(tx, inOrder)
        for (const [i, storeId] of inOrder.entries()) known.set(storeId, keys[i]!)
      }
      return storeIds.map((storeId) => known.get(storeId)!)
    },
    forget: () => known.clear(),
  }
}

async function countDeleted(db: Db): Promise<number> {
  const { deleted } = await db
    .selectFrom('deleted_store')
    .select((eb) => eb.fn.countAll<number>().as('deleted'))
    .executeTakeFirstOrThrow()
  return Number(deleted)
}

/** Ids are ASCII. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
