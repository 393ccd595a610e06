import * as z from 'zod'
import { AppError } from './app-error.ts'
import { formatDuration, parseDuration } from './duration.ts'
import { givenReportId, reportId, storeId } from './ids.ts'
import { interpolations } from './interpolation.ts'
import { pageInput } from './page.ts'
import { count, isoInstant } from './fields.ts'
import { byPercentKey, byTotalKey, measures, percentColumns, reportColumns } from './report-columns.ts'
import { reportStates } from './report-state.ts'
import { parseTimestamp, timestampForms } from './timestamp.ts'

const MINUTE_MS = 60_000

const minReachMs = MINUTE_MS
const maxReachMs = 7 * 24 * 60 * MINUTE_MS
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

const percent = z
  .number()
  .nullable()
  .describe('uptime / (uptime + downtime); null where nothing was observed, 100 only without any downtime')

export const reportRow = z
  .object({
    storeId,
    ...byTotalKey(({ description }) => count.describe(description)),
    ...byPercentKey(() => percent),
  })
  .describe(
    `One store's ${listed(measures.map(({ name }) => name))} business time; they add up to its business time exactly`,
  )
export type ReportRow = z.infer<typeof reportRow>

const sortColumns: readonly (keyof ReportRow)[] = [
  'storeId',
  ...reportColumns.map(({ key }) => key),
  ...percentColumns.map(({ key }) => key),
]
export type SortColumn = keyof ReportRow

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

/** `a, b and c`. */
function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
