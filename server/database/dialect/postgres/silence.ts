import pg from 'pg'

/** Whoever has waited for so long for an answer may wait in vain: TCP tries for a quarter of an hour to reach what is cut off. */
const SILENT_MS = 5000
const CONNECT_WITHIN_MS = 5000

/** Ends connections on which answers do not come, where the database cannot be reached by another one either. */
export interface SilenceWatch {
  /** An answer is waited for until this is disposed. */
  waits(end: () => void): Disposable
}

export function createSilenceWatch(
  connection: pg.ClientConfig,
  { silentMs = SILENT_MS }: { readonly silentMs?: number } = {},
): SilenceWatch {
  const waiting = new Set<{ readonly end: () => void; readonly sinceMs: number }>()
  let look: NodeJS.Timeout | undefined

  function lookIn(ms: number): void {
    look ??= setTimeout(() => {
      look = undefined
      void lookNow()
    }, ms).unref()
  }

  async function lookNow(): Promise<void> {
    const isSilent = ({ sinceMs }: { readonly sinceMs: number }) => performance.now() - sinceMs >= silentMs
    const silent = [...waiting].filter(isSilent)
    if (
      silent.length > 0 &&
      !(await isReached({ ...connection, connectionTimeoutMillis: CONNECT_WITHIN_MS }))
    ) {
      for (const one of silent) if (waiting.has(one)) one.end()
    }
    if (waiting.size > 0) lookIn(silentMs)
  }

  return {
    waits(end) {
      const one = { end, sinceMs: performance.now() }
      waiting.add(one)
      lookIn(silentMs)
      return {
        [Symbol.dispose]() {
          waiting.delete(one)
          if (waiting.size > 0) return
          clearTimeout(look)
          look = undefined
        },
      }
    },
  }
}

/** Whether it says anything, if only that it takes no more connections. */
async function isReached(connection: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch (error) {
    return error instanceof pg.DatabaseError
  } finally {
    client.end().catch(() => {})
  }
}
