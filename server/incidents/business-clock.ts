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

/** For whoever keeps it; `roomFor` gives so many numbers. */
export function createClock(
  business: Intervals,
  roomFor: (length: number) => Float64Array = (length) => new Float64Array(length),
): BusinessClock {
  const count = business.length / 2
  const before = roomFor(count + 1)
  before[0] = 0
  for (let i = 0; i < count; i++) before[i + 1] = before[i]! + business[2 * i + 1]! - business[2 * i]!
  return new Clock(business, before)
}

/** A class, as there may be a hundred thousand. */
class Clock implements BusinessClock {
  readonly business: Intervals
  readonly #before: Float64Array
  #lastPlace = 0

  constructor(business: Intervals, before: Float64Array) {
    this.business = business
    this.#before = before
  }

  at(instantMs: number): number {
    const place = this.#placeAt(instantMs)
    if (place < 0) return 0
    const { business } = this
    return this.#before[place]! + Math.min(instantMs, business[2 * place + 1]!) - business[2 * place]!
  }

  instantOf(businessMs: number): number {
    const before = this.#before
    const count = before.length - 1
    let place = before[this.#lastPlace]! < businessMs ? this.#lastPlace : 0
    while (place < count && before[place + 1]! < businessMs) place++
    return place === count ? Infinity : this.business[2 * place]! + businessMs - before[place]!
  }

  closesAt(instantMs: number): number {
    const place = this.#placeAt(instantMs)
    return place < 0 ? instantMs : Math.max(instantMs, this.business[2 * place + 1]!)
  }

  nextFrom(instantMs: number): number {
    if (this.closesAt(instantMs) > instantMs) return instantMs
    return this.business[2 * (this.#placeAt(instantMs) + 1)] ?? Infinity
  }

  /** The place of the last interval that starts at or before an instant; -1 where none does. It is mostly asked for instants that are near. */
  #placeAt(instantMs: number): number {
    const { business } = this
    const last = this.#lastPlace
    if (business[2 * last]! <= instantMs && !(business[2 * last + 2]! <= instantMs)) return last
    const place = placeIn(business, instantMs)
    this.#lastPlace = Math.max(0, place)
    return place
  }
}

function placeIn(business: Intervals, instantMs: number): number {
  let low = 0
  let high = business.length / 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if (business[2 * middle]! <= instantMs) low = middle + 1
    else high = middle
  }
  return low - 1
}
