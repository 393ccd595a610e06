/** The columns of a report, of which all else that has columns is derived: rows, CSV, stored totals, sorting. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** The windows of a report, each ending at its `asOf` (rule 10 of docs/uptime.md), and how the CSV writes their columns. */
export const reportWindows = [
  { name: 'LastHour', label: 'last_hour', lengthMs: HOUR_MS, unit: 'minutes', unitMs: MINUTE_MS },
  { name: 'LastDay', label: 'last_day', lengthMs: DAY_MS, unit: 'hours', unitMs: HOUR_MS },
  { name: 'LastWeek', label: 'last_week', lengthMs: 7 * DAY_MS, unit: 'hours', unitMs: HOUR_MS },
] as const

/** Business time by status (rule 15). Those that are extended stand in the CSV only when all columns are asked for. */
export const measures = [
  { name: 'uptime', isExtended: false },
  { name: 'downtime', isExtended: false },
  { name: 'unknown', isExtended: true },
  { name: 'excused', isExtended: true },
] as const

export const longestWindowMs = Math.max(...reportWindows.map(({ lengthMs }) => lengthMs))

export type MeasureName = (typeof measures)[number]['name']
type WindowName = (typeof reportWindows)[number]['name']
export type TotalKey = `${MeasureName}${WindowName}Ms`
export type PercentKey = `uptime${WindowName}Percent`

export interface ReportColumn {
  readonly key: TotalKey
  /** Its name in the CSV, with the unit. */
  readonly header: string
  /** What it is, for a person. */
  readonly description: string
  /** What the CSV's values count, in milliseconds. */
  readonly unitMs: number
  /** The most that it can be. */
  readonly lengthMs: number
  readonly isExtended: boolean
}

/** The columns of a report after `store_id`, in the order in which the CSV and the stored totals have them (rule 17). */
export const reportColumns: readonly ReportColumn[] = measures.flatMap(({ name: measure, isExtended }) =>
  reportWindows.map(({ name, label, lengthMs, unit, unitMs }) => ({
    key: `${measure}${name}Ms` as const,
    header: `${measure}_${label}(in ${unit})`,
    description: `${sentence(measure)} in the ${label.replace('_', ' ')}, in milliseconds`,
    unitMs,
    lengthMs,
    isExtended,
  })),
)

export interface PercentColumn {
  readonly key: PercentKey
  /** Its name in the CSV, where all columns are asked for. */
  readonly header: string
  /** What it is computed from. */
  readonly uptimeKey: TotalKey
  readonly downtimeKey: TotalKey
}

/** Percentages follow the totals in typed rows. */
export const percentColumns: readonly PercentColumn[] = reportWindows.map(({ name, label }) => ({
  key: `uptime${name}Percent` as const,
  header: `uptime_${label}(in percent)`,
  uptimeKey: `uptime${name}Ms` as const,
  downtimeKey: `downtime${name}Ms` as const,
}))

/** Something for each column of totals, by its key. */
export function byTotalKey<Value>(of: (column: ReportColumn) => Value): Record<TotalKey, Value> {
  return Object.fromEntries(reportColumns.map((column) => [column.key, of(column)])) as Record<
    TotalKey,
    Value
  >
}

/** Something for each percentage, by its key. */
export function byPercentKey<Value>(of: (column: PercentColumn) => Value): Record<PercentKey, Value> {
  return Object.fromEntries(percentColumns.map((column) => [column.key, of(column)])) as Record<
    PercentKey,
    Value
  >
}

/**
 * uptime / (uptime + downtime) in per cent, to two decimals, or null where nothing was observed: rule 18. Never 100 while
 * any downtime is left, nor 0 while any uptime is.
 */
export function uptimePercent(uptimeMs: number, downtimeMs: number): number | null {
  const hundredths = uptimeHundredths(uptimeMs, downtimeMs)
  return hundredths < 0 ? null : hundredths / 100
}

/** The same in hundredths of a per cent; -1 where nothing was observed. */
export function uptimeHundredths(uptimeMs: number, downtimeMs: number): number {
  const observedMs = uptimeMs + downtimeMs
  if (observedMs === 0) return -1
  if (downtimeMs === 0) return 10_000
  if (uptimeMs === 0) return 0
  const hundredths = Math.round((uptimeMs * 10_000) / observedMs)
  return Math.min(9_999, Math.max(1, hundredths))
}

function sentence(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
