import { setTimeout as delay } from 'node:timers/promises'

const RETRY_MS = 1
/** Locks that are met with less than this between them are taken for one. */
const SAME_LOCK_MS = 1000

/** How those who find a database locked wait for it, all of a connection together. */
export interface Patience {
  /**
   * The result of `attempt`, made again while another connection holds the lock that it needs. Gives up, with SQLite's
   * error, where that one has held it for longer than the patience is: whoever comes then does not wait all over again.
   */
  retried<Result>(attempt: () => Result | Promise<Result>): Promise<Result>
}

export function createPatience(patienceMs: number): Patience {
  let lockedSince = -Infinity
  let lockedUntil = -Infinity

  function hasHeldTooLong(): boolean {
    const now = performance.now()
    if (now - lockedUntil > SAME_LOCK_MS) lockedSince = now
    lockedUntil = now
    return now - lockedSince > patienceMs
  }

  return {
    async retried(attempt) {
      for (;;) {
        try {
          const result = await attempt()
          lockedUntil = -Infinity
          return result
        } catch (error) {
          if (!isBusy(error) || hasHeldTooLong()) throw error
        }
        await delay(RETRY_MS)
      }
    },
  }
}

export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY')
}
