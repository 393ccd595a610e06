/** Shows that an import is alive for as long as it is not disposed of. */
export interface Heartbeat extends AsyncDisposable {
  /** Aborted when the import is not to go on: it was cancelled, taken for dead, or taken over. */
  readonly signal: AbortSignal
}

/** `beat` says whether it is to go on. */
export function startHeartbeat(beat: () => Promise<boolean>, everyMs = 2000): Heartbeat {
  const ended = new AbortController()
  let latest: Promise<void> | undefined

  async function beatOnce(): Promise<void> {
    try {
      if (!(await beat())) ended.abort()
    } catch {
      // The database is busy: the next beat will do. What is really wrong with it the import finds out itself.
    }
    latest = undefined
  }

  const timer = setInterval(() => {
    latest ??= beatOnce()
  }, everyMs)
  return {
    signal: ended.signal,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await latest
    },
  }
}
