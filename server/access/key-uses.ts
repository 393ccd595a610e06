import { noteUse } from '../database/access-keys.ts'
import type { Db } from '../database/connect.ts'

/** When keys were used last: remembered here, and written now and then, so that no request waits for that. */
export interface KeyUses {
  note(keyNumber: number, at: number): void
  write(): Promise<void>
}

export function createKeyUses(writing: Db): KeyUses {
  const latest = new Map<number, number>()
  return {
    note: (keyNumber, at) => void latest.set(keyNumber, at),
    async write() {
      const uses = [...latest]
      latest.clear()
      for (const [keyNumber, at] of uses) await noteUse(writing, keyNumber, at)
    },
  }
}
