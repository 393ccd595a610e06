import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { setTimeout as delay } from 'node:timers/promises'

/** Counts what each caller does in a second. */
export interface RequestRate {
  /**
   * Counts once more; after how many seconds to come again, where it is too often. Who goes on all the same is told so late: a
   * connection asks no more than once in a second then, and one that asks before it is answered is cut.
   */
  secondsToWait(caller: string, socket: Socket | undefined): Promise<number | undefined>
}

/** So many times what is allowed is refused at once. */
const REFUSED_AT_ONCE = 2

// By itself: the package's index loads what it knows of every database.
const loadMemory = () =>
  createRequire(import.meta.url)('rate-limiter-flexible/lib/RateLimiterMemory.js') as typeof RateLimiterMemory

export function createRequestRate(mostInASecond: number): RequestRate {
  const Limiter = loadMemory()
  const limiter = new Limiter({ points: mostInASecond, duration: 1 })
  const held = new WeakSet<Socket>()

  async function hold(socket: Socket | undefined, ms: number): Promise<void> {
    if (socket === undefined) return
    if (held.has(socket)) {
      socket.destroy()
      return
    }
    held.add(socket)
    await delay(ms)
    held.delete(socket)
  }

  return {
    async secondsToWait(caller, socket) {
      try {
        await limiter.consume(caller)
        return undefined
      } catch (error) {
        const { msBeforeNext, consumedPoints } = error as RateLimiterRes
        if (consumedPoints > REFUSED_AT_ONCE * mostInASecond) await hold(socket, msBeforeNext)
        return Math.max(1, Math.ceil(msBeforeNext / 1000))
      }
    },
  }
}
