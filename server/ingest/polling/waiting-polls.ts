import type { StoreId } from '../../../shared/ids.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import type { PushTarget } from '../pushing/pusher.ts'

/** So many are pushed at once, and no more are kept where they cannot be. */
const MOST_AT_ONCE = 1000
const MOST_WAITING = 100_000

/** Polls that are to be pushed together. */
export interface WaitingPolls {
  add(poll: { readonly storeId: StoreId; readonly isActive: boolean; readonly atMs: number }): void
  /** Pushes those that wait; what cannot be written is pushed the next time. Throws why it could not. */
  push(): Promise<void>
}

export function createWaitingPolls(
  pusher: PushTarget,
  { source, now }: { readonly source: string; readonly now: () => number },
): WaitingPolls {
  let waiting: { readonly store_id: StoreId; readonly status: string; readonly timestamp_utc: string }[] = []
  return {
    add({ storeId, isActive, atMs }) {
      const status = isActive ? 'active' : 'inactive'
      waiting.push({ store_id: storeId, status, timestamp_utc: formatTimestamp(atMs) })
      // The newest say more.
      if (waiting.length > MOST_WAITING) waiting = waiting.slice(-MOST_WAITING)
    },
    async push() {
      while (waiting.length > 0) {
        const polls = waiting.slice(0, MOST_AT_ONCE)
        const bytes = Uint8Array.from(Buffer.from(JSON.stringify(polls)))
        await pusher.push({ format: 'json', bytes, firstRow: 1, source, takenInAt: now() })
        const pushed = new Set(polls)
        waiting = waiting.filter((poll) => !pushed.has(poll))
      }
    },
  }
}
