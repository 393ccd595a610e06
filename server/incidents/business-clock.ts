import type { Intervals } from '../uptime/interval.ts'

/** Tells how much business time has passed: it stands still while a store is closed. */
export interface BusinessClock {
  readonly business: Intervals
  /** Business time before an instant, since the first that is known. */
  at(instantMs: number): number
  /** The first instant before which so much has passed; Infinity where so much is not known. */
  instantOf(businessMs: number): number
  /** The end of the business time that an instant is in, or the instant where it is in none. */
  closesAt(instantMs: number): number
  /** The first instant of business time at or after another one; Infinity where none is known. */
  nextFrom(instantMs: number): number
}

const clocks = new WeakMap<Intervals, BusinessClock>()

/** Made once for all stores that have the same open intervals. */
export function businessClock(business: Intervals): BusinessClock {
  let clock = clocks.get(business)
  if (clock === undefined) clocks.set(business, (clock = createClock(business)))
  return clock
}

function createClock(business: Intervals): BusinessClock {
  const count = business.length / 2
  const before = new Float64Array(count + 1)
  for (let i = 0; i < count; i++) before[i + 1] = before[i]! + business[2 * i + 1]! - business[2 * i]!

  let lastPlace = 0

  /** The place of the last interval that starts at or before an instant; -1 where none does. It is mostly asked for instants that are near. */
  function placeAt(instantMs: number): number {
    if (business[2 * lastPlace]! <= instantMs && !(business[2 * lastPlace + 2]! <= instantMs))
      return lastPlace
    const place = searched(instantMs)
    lastPlace = Math.max(0, place)
    return place
  }

  function searched(instantMs: number): number {
    let low = 0
    let high = count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (business[2 * middle]! <= instantMs) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  function closesAt(instantMs: number): number {
    const place = placeAt(instantMs)
    return place < 0 ? instantMs : Math.max(instantMs, business[2 * place + 1]!)
  }

  return {
    business,
    closesAt,
    at(instantMs) {
      const place = placeAt(instantMs)
      if (place < 0) return 0
      return before[place]! + Math.min(instantMs, business[2 * place + 1]!) - business[2 * place]!
    },
    instantOf(businessMs) {
      let place = before[lastPlace]! < businessMs ? lastPlace : 0
      while (place < count && before[place + 1]! < businessMs) place++
      return place === count ? Infinity : business[2 * place]! + businessMs - before[place]!
    },
    nextFrom(instantMs) {
      if (closesAt(instantMs) > instantMs) return instantMs
      return business[2 * (placeAt(instantMs) + 1)] ?? Infinity
    },
  }
}
