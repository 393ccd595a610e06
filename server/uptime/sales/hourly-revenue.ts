/** What a store takes in an hour of the week, in hundredths. */
export interface HourlyRevenue {
  readonly lower: number
  readonly mean: number
  readonly upper: number
  /** How far such hours are from the mean, squared, on average; 0 where that is not known. */
  readonly variance: number
  readonly basis: RevenueBasis
}

/** Where it is from, the most exact first: rule 44 of docs/uptime.md. */
export const revenueBases = ['hour', 'day-type', 'store', 'given', 'group', 'average'] as const
export type RevenueBasis = (typeof revenueBases)[number]

/** What the orders of an hour came to in which a store was wholly up. */
export interface RevenueSample {
  /** Hour of the week, 0 being Monday from 00:00. */
  readonly hour: number
  readonly hundredths: number
}

/** What is taken in an hour of the week; undefined where that is not known. */
export type RevenueOfHour = (hour: number) => HourlyRevenue | undefined

/** All that is known of what a store takes. */
export interface KnownRevenue {
  readonly samples: readonly RevenueSample[]
  /** In hundredths an hour, of the hours of the week, or of all of them alike; null where it is not said. */
  readonly given: readonly (number | null)[] | undefined
  /** Of the stores that are asked for with it. */
  readonly ofGroup: RevenueOfHour | undefined
  /** In hundredths an hour, of all stores of which nothing else is known. */
  readonly average: number | undefined
}

/** So many samples tell. */
export const LEAST_SAMPLES = 4
/** How far off what people say may be. */
const GIVEN_SPREAD = 0.3

/** What a store takes in an hour of the week. */
export function revenueOfStore({ samples, given, ofGroup, average }: KnownRevenue): RevenueOfHour {
  const own = revenueOfSamples(samples)
  return (hour) => {
    const revenue = own(hour) ?? said(given?.[given.length === 1 ? 0 : hour] ?? undefined, 'given')
    if (revenue !== undefined) return revenue
    const fromGroup = ofGroup?.(hour)
    return fromGroup === undefined ? said(average, 'average') : { ...fromGroup, basis: 'group' }
  }
}

function said(hundredths: number | undefined, basis: RevenueBasis): HourlyRevenue | undefined {
  if (hundredths === undefined) return undefined
  return {
    lower: hundredths * (1 - GIVEN_SPREAD),
    mean: hundredths,
    upper: hundredths * (1 + GIVEN_SPREAD),
    variance: 0,
    basis,
  }
}

/** Of an hour: what the samples of that hour say, else of that time on such days, else all of them. */
export function revenueOfSamples(samples: readonly RevenueSample[]): RevenueOfHour {
  const levels = [
    levelOf(samples, 'hour', (hour) => hour),
    levelOf(samples, 'day-type', (hour) => (hour < 5 * 24 ? 0 : 24) + (hour % 24)),
    levelOf(samples, 'store', () => 0),
  ]
  return (hour) => {
    for (const level of levels) {
      const revenue = level(hour)
      if (revenue !== undefined) return revenue
    }
    return undefined
  }
}

/** Few hours are asked for, so that only those are computed. */
function levelOf(
  samples: readonly RevenueSample[],
  basis: RevenueBasis,
  cellOf: (hour: number) => number,
): RevenueOfHour {
  const known = new Map<number, HourlyRevenue | undefined>()
  return (hour) => {
    const cell = cellOf(hour)
    if (!known.has(cell)) {
      const ofCell = samples.filter((sample) => cellOf(sample.hour) === cell)
      known.set(cell, ofCell.length < LEAST_SAMPLES ? undefined : { ...spreadOf(ofCell), basis })
    }
    return known.get(cell)
  }
}

/** Where most hours have no orders, the mean is beyond the upper quartile: it bounds the range then. */
function spreadOf(samples: readonly RevenueSample[]): Omit<HourlyRevenue, 'basis'> {
  const sorted = Float64Array.from(samples, ({ hundredths }) => Math.max(0, hundredths)).sort()
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    lower: Math.min(mean, quantile(sorted, 0.25)),
    mean,
    upper: Math.max(mean, quantile(sorted, 0.75)),
    variance: squares / (sorted.length - 1),
  }
}

/** Between two values, in proportion. */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return below + (above - below) * (place - Math.floor(place))
}
