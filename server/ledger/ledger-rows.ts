import type { Db } from '../database/connect.ts'
import { readToldSince, type ToldIncident } from '../database/told-incidents.ts'

/** The incidents of the ledger that may still change, in memory: they are read once, as nobody else writes them meanwhile. */
export interface LedgerRows {
  ofStore(storeKey: number): readonly ToldIncident[]
  hasStore(storeKey: number): boolean
  /** Of which stores there are some. */
  storeKeys(): Iterable<number>
  /** Those of many stores. */
  ofMany(): readonly ToldIncident[]
  /** Takes what a row is now, or one that is new. */
  put(row: ToldIncident): void
  /** Forgets what closed before an instant. */
  forgetBefore(instantMs: number): void
}

export async function readLedgerRows(db: Db, closedSinceMs: number): Promise<LedgerRows> {
  const byStore = new Map<number | null, ToldIncident[]>()

  function put(row: ToldIncident): void {
    const rows = byStore.get(row.store_key) ?? []
    byStore.set(row.store_key, [...rows.filter(({ incident_key }) => incident_key !== row.incident_key), row])
  }

  for (const row of await readToldSince(db, closedSinceMs)) put(row)
  return {
    put,
    ofStore: (storeKey) => byStore.get(storeKey) ?? [],
    hasStore: (storeKey) => byStore.has(storeKey),
    *storeKeys() {
      for (const storeKey of byStore.keys()) if (storeKey !== null) yield storeKey
    },
    ofMany: () => byStore.get(null) ?? [],
    forgetBefore(instantMs) {
      for (const [storeKey, rows] of byStore) {
        const left = rows.filter(({ closed_at }) => closed_at === null || closed_at >= instantMs)
        if (left.length === 0) byStore.delete(storeKey)
        else if (left.length < rows.length) byStore.set(storeKey, left)
      }
    },
  }
}
