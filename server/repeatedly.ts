export interface Repetition {
  readonly everyMs: number
  /** Told of what went wrong; the next time comes all the same. */
  readonly onError: (error: unknown) => void
}

export interface Repeated extends AsyncDisposable {
  /** Does it soon, as there is a reason: also once more where it is being done, as that may have missed the reason. */
  soon(): void
}

/** However many reasons there are, it is not done more often. */
const SOONEST_MS = 50

/** Does something now and then, never twice at once, and without keeping the process alive; disposing waits for its end. */
export function repeatedly(act: () => Promise<unknown>, { everyMs, onError }: Repetition): Repeated {
  let latest: Promise<unknown> | undefined
  let begunAt = -Infinity
  let soonest: NodeJS.Timeout | undefined
  let isWantedAgain = false
  let isOver = false

  function begin(): void {
    begunAt = performance.now()
    latest ??= act()
      .catch(onError)
      .finally(() => {
        latest = undefined
        if (isWantedAgain) soon()
      })
  }

  function soon(): void {
    isWantedAgain = latest !== undefined
    if (isWantedAgain || isOver) return
    soonest ??= setTimeout(
      () => {
        soonest = undefined
        begin()
      },
      Math.max(0, begunAt + SOONEST_MS - performance.now()),
    ).unref()
  }

  const timer = setInterval(begin, everyMs)
  timer.unref()
  return {
    soon,
    async [Symbol.asyncDispose]() {
      isOver = true
      clearInterval(timer)
      clearTimeout(soonest)
      await latest
    },
  }
}
