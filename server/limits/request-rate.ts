import { createRequire } from 'node:module'
import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** Counts what each caller does in a second. */
export interface RequestRate {
  /** Counts once more; after how many seconds to come again, where it is too often. */
  secondsToWait(caller: string): Promise<number | undefined>
}

// By itself: the package's index loads what it knows of every database.
const loadMemory = () =>
  createRequire(import.meta.url)('rate-limiter-flexible/lib/RateLimiterMemory.js') as typeof RateLimiterMemory

export function createRequestRate(mostInASecond: number): RequestRate {
  const Limiter = loadMemory()
  const limiter = new Limiter({ points: mostInASecond, duration: 1 })
  return {
    secondsToWait: (caller) =>
      limiter.consume(caller).then(
        () => undefined,
        (rejected: unknown) => Math.max(1, Math.ceil((rejected as RateLimiterRes).msBeforeNext / 1000)),
      ),
  }
}
