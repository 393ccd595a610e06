export interface Repetition {
  readonly everyMs: number
  /** Told of what went wrong; the next time comes all the same. */
  readonly onError: (error: unknown) => void
}

/** Does something now and then, never twice at once, and without keeping the process alive; disposing waits for its end. */
export function repeatedly(act: () => Promise<unknown>, { everyMs, onError }: Repetition): AsyncDisposable {
  let latest: Promise<unknown> | undefined
  const timer = setInterval(() => {
    latest ??= act()
      .catch(onError)
      .finally(() => (latest = undefined))
  }, everyMs)
  timer.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await latest
    },
  }
}
