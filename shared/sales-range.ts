/** What was lost: at least, most likely, and at most. */
export interface SalesRange {
  readonly low: number
  readonly middle: number
  readonly high: number
}

/** With two significant digits; the ends are rounded outwards, so that the range holds what it held. */
export function inTwoDigits({ low, middle, high }: SalesRange): SalesRange {
  return {
    low: rounded(low, Math.floor),
    middle: rounded(middle, Math.round),
    high: rounded(high, Math.ceil),
  }
}

function rounded(value: number, round: (value: number) => number): number {
  if (value === 0) return 0
  const scale = 10 ** Math.abs(1 - Math.floor(Math.log10(value)))
  const isLarge = value >= 100
  // What is a hair beside a number of two digits is that number.
  const digits = round(Number((isLarge ? value / scale : value * scale).toPrecision(12)))
  return Number((isLarge ? digits * scale : digits / scale).toPrecision(2))
}
