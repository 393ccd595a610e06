import * as z from 'zod'
import { AppError } from './app-error.ts'
import { formatDuration, parseDuration } from './duration.ts'
import { givenReportId, reportId, storeId } from './ids.ts'
import { givenLabels } from './group.ts'
import { correctionUses } from './correction-kind.ts'
import { interpolations } from './interpolation.ts'
import { parseLocalDate } from './local-date.ts'
import { periodUnits } from './period-unit.ts'
import { pageInput } from './page.ts'
import { readBy } from './read-by.ts'
import { count, isoInstant } from './fields.ts'
import { byPercentKey, byTotalKey, measures } from './report-columns.ts'
import { reportStates } from './report-state.ts'
import { rowFilterFields } from './row-filter.ts'
import { parseTimestamp, timestampForms } from './timestamp.ts'

const MINUTE_MS = 60_000

const minReachMs = MINUTE_MS
const maxReachMs = 7 * 24 * 60 * MINUTE_MS
const defaultReach = '24h'

/** A point in time as people write it; epoch milliseconds. */
export const instant = z.string().transform((text, context) => {
  const epochMs = parseTimestamp(text.trim())
  if (!Number.isNaN(epochMs)) return epochMs
  context.addIssue({ code: 'custom', message: `"${text}" is not an instant: write ${timestampForms}` })
  return z.NEVER
})

const reach = z.string().transform(readBy(readReach))

function readReach(text: string): number {
  const ms = parseDuration(text)
  if (ms >= minReachMs && ms <= maxReachMs) return ms
  const allowed = `${formatDuration(minReachMs)} to ${formatDuration(maxReachMs)}`
  throw new AppError('invalid', `reach "${text}" is out of range: ${allowed} is allowed`)
}

/** A report by period has at most so many days; by the hour of the week, too. */
const maxDays = 3660

/** A local date, wherever the store is. */
export const localDate = z
  .string()
  .refine((text) => parseLocalDate(text) !== undefined, {
    error: ({ input }) => `"${String(input)}" is not a date: write YYYY-MM-DD`,
  })
  .meta({ examples: ['2023-01-16'] })

/** What all that is judged may be asked with. */
export const judgingOptions = z.strictObject({
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
  corrections: z
    .enum(correctionUses)
    .default('applied')
    .describe('Whether corrections count, or the polls alone'),
})
export type JudgingOptions = z.output<typeof judgingOptions>

/** The options that make a report one by period. */
export const periodOptions = z.strictObject({
  by: z
    .enum(periodUnits)
    .optional()
    .describe('Makes it a report by period: a row for every store and day, week, month or hour of the week'),
  from: localDate.optional().describe('The first local date of a report by period'),
  to: localDate.optional().describe('The last local date of a report by period, itself included'),
})
type PeriodOptions = z.output<typeof periodOptions>

/** What the options of a report by period must have, and others must not. */
export function checkPeriods({ by, from, to }: PeriodOptions, context: z.RefinementCtx): void {
  const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (by === undefined) {
    if (from !== undefined) issue('from', 'is for a report by period: say by what (by)')
    if (to !== undefined) issue('to', 'is for a report by period: say by what (by)')
    return
  }
  if (from === undefined) issue('from', `is needed by a report by ${by}: its first local date, YYYY-MM-DD`)
  if (to === undefined) issue('to', `is needed by a report by ${by}: its last local date, YYYY-MM-DD`)
  if (from === undefined || to === undefined) return
  const days = parseLocalDate(to)! - parseLocalDate(from)! + 1
  if (days < 1) issue('to', `${to} is before ${from}`)
  if (days > maxDays) issue('to', `${from} to ${to} are ${days} days: at most ${maxDays} are allowed`)
}

/** What a report by window is asked for with, where one that is there will do. */
export const ensureOptions = judgingOptions.extend({ labels: givenLabels })
export type EnsureOptions = z.output<typeof ensureOptions>

export const reportOptions = judgingOptions
  .extend({ ...periodOptions.shape, labels: givenLabels })
  .superRefine(checkPeriods)
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
    corrections: z.enum(correctionUses).describe('Whether corrections count'),
    by: z.enum(periodUnits).nullable().describe('Of a report by period: by what; null of one by window'),
    from: z.string().nullable().describe('Of a report by period: its first local date'),
    to: z.string().nullable().describe('Of a report by period: its last local date'),
    labels: z
      .array(z.string())
      .describe('The groups that its stores are in, each as label=value; of all stores where it is empty'),
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

export const percent = z
  .number()
  .nullable()
  .describe('uptime / (uptime + downtime); null where nothing was observed, 100 only without any downtime')

const windowFigures = {
  ...byTotalKey(({ description }) => count.describe(description)),
  ...byPercentKey(() => percent),
}
const periodFigures = {
  uptimeMs: count.describe('Uptime in the period, in milliseconds'),
  downtimeMs: count.describe('Downtime in the period, in milliseconds'),
  unknownMs: count.describe('Unknown time in the period, in milliseconds'),
  excusedMs: count.describe('Excused time in the period, in milliseconds'),
  uptimePercent: percent,
}
const uncorrected = <Figures extends z.ZodRawShape>(figures: Figures) =>
  z
    .object(figures)
    .nullable()
    .describe('The same without corrections; null where that does not differ, or corrections are ignored')

export const reportRow = z
  .object({ storeId, ...windowFigures, uncorrected: uncorrected(windowFigures) })
  .describe(
    `One store's ${listed(measures.map(({ name }) => name))} business time; they add up to its business time exactly`,
  )
export type ReportRow = z.infer<typeof reportRow>

export const periodRow = z
  .object({
    storeId,
    period: z.string().describe('2023-01-16, 2023-W03, 2023-01, or Mon 00:00'),
    ...periodFigures,
    uncorrected: uncorrected(periodFigures),
  })
  .describe("One store's business time in a period by status")
export type PeriodRow = z.infer<typeof periodRow>

export const reportTotals = z
  .object({
    reportId,
    stores: count.describe('How many stores they are of'),
    ...windowFigures,
  })
  .describe('The sums of rows of a report; a percentage is that of the sums')
export type ReportTotals = z.infer<typeof reportTotals>

export const reportIdInput = z.strictObject({ reportId: givenReportId })
export const deletedReport = z
  .object({
    reportId,
    isDeleted: z.boolean().describe('Whether it was removed; otherwise it was running, and is cancelled'),
  })
  .describe('What became of a report that was to be deleted')
export type DeletedReport = z.infer<typeof deletedReport>
export const progressInput = z.strictObject({
  reportId: givenReportId,
  lastEventId: z.string().nullish().describe('The last event that was received, to go on from'),
})
export const periodRowsInput = pageInput.extend({ reportId: givenReportId })
export type PeriodRowsQuery = z.output<typeof periodRowsInput>

export const reportTotalsInput = z.strictObject({
  reportId: givenReportId,
  storeId: rowFilterFields.storeId,
})
export type ReportTotalsQuery = z.output<typeof reportTotalsInput>

export const storeUptimeInput = judgingOptions.extend({ storeId })

/** `a, b and c`. */
function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
