import * as z from 'zod'
import { AppError } from './app-error.ts'
import { formatDuration, parseDuration } from './duration.ts'
import { givenReportId, reportId, storeId } from './ids.ts'
import { interpolations } from './interpolation.ts'
import { pageInput } from './page.ts'
import { count, isoInstant } from './fields.ts'
import { reportStates } from './report-state.ts'
import { parseTimestamp, timestampForms } from './timestamp.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
export const WEEK_MS = 7 * DAY_MS

const minReachMs = MINUTE_MS
const maxReachMs = WEEK_MS
const defaultReach = '24h'

const instant = z.string().transform((text, context) => {
  const epochMs = parseTimestamp(text.trim())
  if (!Number.isNaN(epochMs)) return epochMs
  context.addIssue({ code: 'custom', message: `"${text}" is not an instant: write ${timestampForms}` })
  return z.NEVER
})

const reach = z.string().transform((text, context) => {
  try {
    const ms = parseDuration(text)
    if (ms >= minReachMs && ms <= maxReachMs) return ms
    const allowed = `${formatDuration(minReachMs)} to ${formatDuration(maxReachMs)}`
    context.addIssue({ code: 'custom', message: `reach "${text}" is out of range: ${allowed} is allowed` })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
  return z.NEVER
})

export const reportOptions = z
  .strictObject({
    asOf: instant
      .optional()
      .describe('The instant the report looks back from; by default the latest poll in the database')
      .meta({ examples: ['2023-01-25T18:13:22Z'] }),
    interpolation: z
      .enum(interpolations)
      .default('nearest')
      .describe('Which poll speaks for a moment: the nearest, or the latest one before it'),
    reach: reach
      .prefault(defaultReach)
      .describe('How far from a poll its status still counts: 1m to 7d, or ISO 8601')
      .meta({ examples: ['24h', '90m', 'PT2H'] }),
  })
  .describe('What a report is computed with')
/** Report options as a caller writes them: everything may be left out. */
export type ReportOptionsInput = z.input<typeof reportOptions>
/** Report options, checked: `asOf` in epoch milliseconds, `reach` in milliseconds. */
export type ReportOptions = z.output<typeof reportOptions>

const progress = z
  .object({
    storesDone: count.describe('Stores whose result is stored'),
    storesTotal: count.describe('Stores in the report; 0 until they have been counted'),
  })
  .describe('How far a report has come')
export type Progress = z.infer<typeof progress>

export const report = z
  .object({
    reportId,
    state: z.enum(reportStates).describe('How far the report is'),
    asOf: isoInstant.describe('The instant that the report looks back from'),
    interpolation: z.enum(interpolations).describe('Which poll speaks for a moment'),
    reach: z.string().describe('How far a poll speaks, as a duration'),
    progress,
    failure: z.string().nullable().describe('Why the report failed; null unless it did'),
    programVersion: z
      .string()
      .nullable()
      .describe('The version of store-monitor that computed it; null before work on it began'),
    zoneDataVersion: z
      .string()
      .nullable()
      .describe(
        'The version of the time zone database that it was computed with, such as 2026b; null before',
      ),
    requestedAt: isoInstant.describe('When the report was requested'),
    startedAt: isoInstant.nullable().describe('When work on it began; null before'),
    finishedAt: isoInstant.nullable().describe('When it ended; null before'),
  })
  .describe('A report: what was asked for, and its state')
export type Report = z.infer<typeof report>

/** The windows of a report, each ending at its `asOf`, and how the CSV writes their columns. */
export const reportWindows = [
  { name: 'LastHour', label: 'last_hour', lengthMs: HOUR_MS, unit: 'minutes', unitMs: MINUTE_MS },
  { name: 'LastDay', label: 'last_day', lengthMs: DAY_MS, unit: 'hours', unitMs: HOUR_MS },
  { name: 'LastWeek', label: 'last_week', lengthMs: WEEK_MS, unit: 'hours', unitMs: HOUR_MS },
] as const

export const measures = ['uptime', 'downtime', 'unknown'] as const
export type TotalKey = `${(typeof measures)[number]}${(typeof reportWindows)[number]['name']}Ms`

export interface ReportColumn {
  readonly key: TotalKey
  /** Its name in the CSV, with the unit. */
  readonly header: string
  /** What the CSV's values count, in milliseconds. */
  readonly unitMs: number
  /** Whether it stands in the CSV only when all columns are asked for. */
  readonly extended: boolean
}

/** The columns of a report after `store_id`, in the order in which the CSV and the stored totals have them. */
export const reportColumns: readonly ReportColumn[] = measures.flatMap((measure) =>
  reportWindows.map(({ name, label, unit, unitMs }) => ({
    key: `${measure}${name}Ms` as const,
    header: `${measure}_${label}(in ${unit})`,
    unitMs,
    extended: measure === 'unknown',
  })),
)

const totalMs = (what: string) => count.describe(`${what}, in milliseconds`)
const percent = z
  .number()
  .nullable()
  .describe('uptime / (uptime + downtime); null where nothing was observed, 100 only without any downtime')

export const reportRow = z
  .object({
    storeId,
    uptimeLastHourMs: totalMs('Uptime in the last hour'),
    uptimeLastDayMs: totalMs('Uptime in the last day'),
    uptimeLastWeekMs: totalMs('Uptime in the last week'),
    downtimeLastHourMs: totalMs('Downtime in the last hour'),
    downtimeLastDayMs: totalMs('Downtime in the last day'),
    downtimeLastWeekMs: totalMs('Downtime in the last week'),
    unknownLastHourMs: totalMs('Unknown in the last hour'),
    unknownLastDayMs: totalMs('Unknown in the last day'),
    unknownLastWeekMs: totalMs('Unknown in the last week'),
    uptimeLastHourPercent: percent,
    uptimeLastDayPercent: percent,
    uptimeLastWeekPercent: percent,
  })
  .describe(
    "One store's uptime, downtime and unknown business time; they add up to its business time exactly",
  )
export type ReportRow = z.infer<typeof reportRow>

/**
 * uptime / (uptime + downtime) in per cent, to two decimals, or null where nothing was observed.
 * Never 100 while any downtime is left, nor 0 while any uptime is.
 */
export function uptimePercent(uptimeMs: number, downtimeMs: number): number | null {
  const observedMs = uptimeMs + downtimeMs
  if (observedMs === 0) return null
  if (downtimeMs === 0) return 100
  if (uptimeMs === 0) return 0
  const hundredths = Math.round((uptimeMs * 10_000) / observedMs)
  return Math.min(9_999, Math.max(1, hundredths)) / 100
}

const sortColumns = [
  'storeId',
  ...reportColumns.map((column) => column.key),
  'uptimeLastHourPercent',
  'uptimeLastDayPercent',
  'uptimeLastWeekPercent',
] as const satisfies readonly (keyof ReportRow)[]
export type SortColumn = (typeof sortColumns)[number]

export const reportIdInput = z.strictObject({ reportId: givenReportId })
export const progressInput = z.strictObject({
  reportId: givenReportId,
  lastEventId: z.string().nullish().describe('The last event that was received, to go on from'),
})
export const reportRowsInput = pageInput.extend({
  reportId: givenReportId,
  storeId: z.string().optional().describe('Only stores whose id contains this text'),
  sortBy: z.enum(sortColumns).default('storeId'),
  order: z.enum(['ascending', 'descending']).default('ascending'),
})
export type ReportRowsQuery = z.output<typeof reportRowsInput>

export const storeUptimeInput = reportOptions.extend({ storeId })
