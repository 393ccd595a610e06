import { setTimeout as delay } from 'node:timers/promises'
import type { Db } from '../database/connect.ts'
import { tidyTail } from '../database/tail/tidy-tail.ts'

/** In between others write, who look for the lock less often than that. */
const PAUSE_MS = 3

/** Keeps the tail short; ends early where `goesOn` says no. */
export async function tidy(db: Db, now: number, goesOn: () => boolean): Promise<void> {
  await tidyTail(db, now, async () => {
    await delay(PAUSE_MS)
    return goesOn()
  })
}
