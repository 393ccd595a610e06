import type { RoutingSetting } from '../alerts/routing.ts'

/** What is asked of the thread that looks for incidents: one function of `ledger-worker.ts` for each. */
export interface LedgerTasks {
  /** Looks once. How many events that made; null where another server looks. */
  look(task: { readonly setting: RoutingSetting }): Promise<number | null>
  /** Leaves it to another server. */
  release(task: Record<string, never>): Promise<void>
}
