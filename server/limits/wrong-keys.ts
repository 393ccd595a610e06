import { overLimit } from './over-limit.ts'

const MINUTE_MS = 60_000
const MOST_ADDRESSES = 10_000

/** Counts what is wrong of what one tries to sign in with. */
export interface Attempts {
  /** Throws a `busy` AppError where there were too many. */
  countWrong(address: string): void
}

/** A right key is never refused: others at the same address, such as a proxy's, are not to lock its holder out. */
export function createAttempts(most: () => number, now: () => number, what = 'wrong keys'): Attempts {
  const wrongOf = new Map<string, { since: number; count: number }>()
  return {
    countWrong(address) {
      const at = now()
      const last = wrongOf.get(address)
      const wrong = last !== undefined && at - last.since < MINUTE_MS ? last : { since: at, count: 0 }
      wrong.count++
      wrongOf.delete(address)
      wrongOf.set(address, wrong)
      if (wrongOf.size > MOST_ADDRESSES) wrongOf.delete(wrongOf.keys().next().value!)
      const mostWrong = most()
      if (wrong.count <= mostWrong) return
      throw overLimit('wrongKeys', `more than ${mostWrong} ${what} in a minute came from ${address}`, {
        retryAfterSeconds: Math.ceil((wrong.since + MINUTE_MS - at) / 1000),
      })
    },
  }
}
