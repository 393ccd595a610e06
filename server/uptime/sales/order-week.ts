/** What a store's orders of a UTC week come to, hour by hour: of the week's hours from its start on. */
export interface OrderWeek {
  /** How many orders there were; -1 where nobody has said. */
  readonly counts: Int32Array
  /** What they come to, in hundredths of the currency. */
  readonly hundredths: Float64Array
}

export const HOURS_OF_WEEK = 7 * 24
const UNKNOWN = -1

export function unknownOrders(): OrderWeek {
  return {
    counts: new Int32Array(HOURS_OF_WEEK).fill(UNKNOWN),
    hundredths: new Float64Array(HOURS_OF_WEEK),
  }
}

/**
 * A week as it is stored: of each hour one more than the count, 0 where nobody has said, and, where there were any, what they
 * come to, of which the last bit is the sign; numbers in groups of seven bits, the low ones first.
 */
export function bytesOfOrders({ counts, hundredths }: OrderWeek): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
    putNumber(bytes, counts[hour]! + 1)
    if (counts[hour]! > 0) putNumber(bytes, Math.abs(hundredths[hour]!) * 2 + (hundredths[hour]! < 0 ? 1 : 0))
  }
  return Uint8Array.from(bytes)
}

/** Throws a RangeError where the bytes are no week. */
export function ordersOfBytes(bytes: Uint8Array): OrderWeek {
  const week = unknownOrders()
  let at = 0

  function nextNumber(): number {
    let number = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw new RangeError('the hours of a week end too early')
      number += (byte & 127) * scale
      if (byte < 128) return number
    }
  }

  for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
    week.counts[hour] = nextNumber() - 1
    if (week.counts[hour]! <= 0) continue
    const number = nextNumber()
    const size = Math.floor(number / 2)
    week.hundredths[hour] = number % 2 === 1 ? -size : size
  }
  return week
}

/** More than 32 bits, so that they are not shifted. */
function putNumber(bytes: number[], number: number): void {
  let rest = number
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}

/**
 * A week after a file: what the file says of an hour counts, but for an hour at its ends, which it may have cut: of that, what
 * has more orders.
 */
export function orderWeekAfter(
  before: OrderWeek,
  file: OrderWeek,
  isAtItsEnds: (hour: number) => boolean,
): OrderWeek {
  const after = { counts: before.counts.slice(), hundredths: before.hundredths.slice() }
  for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
    const count = file.counts[hour]!
    if (count === UNKNOWN || (isAtItsEnds(hour) && count < after.counts[hour]!)) continue
    after.counts[hour] = count
    after.hundredths[hour] = file.hundredths[hour]!
  }
  return after
}
