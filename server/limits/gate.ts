import { overLimit } from './over-limit.ts'
import type { Limits } from './setting.ts'

/** What there is a limit of in all, and one of each caller. */
type Counted = 'eventStreams' | 'reports' | 'uploads'

const RETRY_AFTER = { retryAfterSeconds: 5 }

/** Lets so many in at once, and of one caller fewer. */
export interface Gate {
  /** Throws a `busy` AppError where too many are in. Disposing leaves, once. */
  enter(caller: string): Disposable
}

/** A gate for what is limited by that name; `what` is it in words. */
export function createGate<Name extends Counted>(
  limits: Readonly<Pick<Limits, Name | `${Name}ByCaller`>>,
  limit: Name,
  what: string,
): Gate {
  const limitByCaller = `${limit}ByCaller` as const
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
      if (own >= limits[limitByCaller]) {
        throw overLimit(limitByCaller, `you have ${own} ${what} at once, and no more are taken`, RETRY_AFTER)
      }
      if (inside >= limits[limit]) {
        throw overLimit(limit, `there are ${inside} ${what} at once, and no more are taken`, RETRY_AFTER)
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
