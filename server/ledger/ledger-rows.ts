import type { Db } from '../database/connect.ts'
import { readToldSince, type ToldIncident } from '../database/told-incidents.ts'

/** The incidents of the ledger that may still change, in memory: they are read once, as nobody else writes them meanwhile. */
export interface LedgerRows {
  ofStore(storeKey: number): readonly ToldIncident[]
  hasStore(storeKey: number): boolean
  /** Of which stores there are some. */
  storeKeys(): Iterable<number>
  all(): readonly ToldIncident[]
  /** Those of many stores. */
  ofMany(): readonly ToldIncident[]
  /** Takes what a row is now, or one that is new. */
  put(row: ToldIncident): void
  /** Forgets what closed before an instant. */
  forgetBefore(instantMs: number): void
}

export async function readLedgerRows(db: Db, closedSinceMs: number): Promise<LedgerRows> {
  const byStore = new Map<number | null, Map<number, ToldIncident>>()

  function put(row: ToldIncident): void {
    const rows = byStore.get(row.store_key) ?? new Map<number, ToldIncident>()
    byStore.set(row.store_key, rows.set(row.incident_key, row))
  }

  const rowsOf = (storeKey: number | null) => [...(byStore.get(storeKey)?.values() ?? [])]
  for (const row of await readToldSince(db, closedSinceMs)) put(row)
  return {
    put,
    ofStore: rowsOf,
    hasStore: (storeKey) => byStore.has(storeKey),
    *storeKeys() {
      for (const storeKey of byStore.keys()) if (storeKey !== null) yield storeKey
    },
    all: () => [...byStore.values()].flatMap((rows) => [...rows.values()]),
    ofMany: () => rowsOf(null),
    forgetBefore(instantMs) {
      for (const [storeKey, rows] of byStore) {
        for (const [key, { told, closed_at }] of rows) {
          if (told !== 'open' && closed_at !== null && closed_at < instantMs) rows.delete(key)
        }
        if (rows.size === 0) byStore.delete(storeKey)
      }
    },
  }
}
