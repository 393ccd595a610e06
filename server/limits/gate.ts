import { overLimit } from './over-limit.ts'
import type { LimitName } from './setting.ts'

export interface GateSetting {
  readonly most: number
  readonly limit: LimitName
  readonly mostByCaller: number
  readonly limitByCaller: LimitName
  /** What there may be so many of, in words. */
  readonly what: string
  readonly retryAfterSeconds?: number
}

/** Lets so many in at once, and of one caller fewer. */
export interface Gate {
  /** Throws a `busy` AppError where too many are in. Disposing leaves, once. */
  enter(caller: string): Disposable
}

export function createGate(setting: GateSetting): Gate {
  const { most, limit, mostByCaller, limitByCaller, what, retryAfterSeconds = 5 } = setting
  const insideOf = new Map<string, number>()
  let inside = 0

  function leave(caller: string): void {
    inside--
    const left = insideOf.get(caller)! - 1
    if (left === 0) insideOf.delete(caller)
    else insideOf.set(caller, left)
  }

  return {
    enter(caller) {
      const own = insideOf.get(caller) ?? 0
      const options = { retryAfterSeconds }
      if (own >= mostByCaller) {
        throw overLimit(limitByCaller, `you have ${own} ${what} at once, and no more are taken`, options)
      }
      if (inside >= most) {
        throw overLimit(limit, `there are ${inside} ${what} at once, and no more are taken`, options)
      }
      inside++
      insideOf.set(caller, own + 1)
      let isIn = true
      return {
        [Symbol.dispose]() {
          if (isIn) leave(caller)
          isIn = false
        },
      }
    },
  }
}
