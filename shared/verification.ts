import * as z from 'zod'
import { count } from './fields.ts'
import { givenReportId, reportId, storeId } from './ids.ts'
import { periodRow, reportRow } from './report.ts'
import { timeline } from './timeline.ts'
import { usualSample } from './usual-sample.ts'

const storesForm = 'write how many stores, from 1 up, or all'

export const verifyInput = z.strictObject({
  reportId: givenReportId,
  stores: z
    .union([z.literal('all'), z.int().positive()], storesForm)
    .default(usualSample)
    .describe('How many stores are computed again, spread over the report; or all'),
})
export type VerifyQuery = z.output<typeof verifyInput>

/** A row of a report, by whatever it is. */
const anyRow = z.union([reportRow, periodRow])
export type AnyRow = z.infer<typeof anyRow>

const likelyReasons = z
  .array(z.string())
  .describe('Where something differs, why that may be: what changed since, the newest first')

export const reportDifference = z
  .object({
    storeId,
    stored: anyRow
      .nullable()
      .describe('Its row as it is stored, of a report by period the first that differs; null of a new store'),
    now: anyRow.nullable().describe('The same row as it comes out now; null of a store that is gone'),
    csv: z
      .object({ stored: z.string().describe('As it is stored'), now: z.string().describe('As it comes out') })
      .nullable()
      .describe('Where the rows are the same: its line of the CSV, which is not; null otherwise'),
  })
  .describe('A store of which what is stored is not what comes out now')
export type ReportDifference = z.infer<typeof reportDifference>

export const verification = z
  .object({
    reportId,
    storesCompared: count.describe('Stores of the report that were computed again'),
    storesDiffering: count.describe('How many of them come out otherwise now'),
    storesNew: count.describe('Stores between them that the report does not have'),
    storesGone: count.describe('How many of them are no longer there to be computed'),
    first: z.array(reportDifference).describe('The first of all these, by id'),
    likely: likelyReasons,
  })
  .describe('A report, computed again and compared with what is stored')
export type Verification = z.infer<typeof verification>

export const explainReportInput = z.strictObject({ reportId: givenReportId, storeId })

export const reportExplanation = z
  .object({
    reportId,
    storeId,
    differs: z.boolean().describe('Whether its figures come out otherwise now'),
    stored: z
      .array(anyRow)
      .describe('Its row as it is stored, or its rows by period; none where the report has none'),
    now: z.array(anyRow).describe('The same as they come out now; none where it is no longer in the report'),
    likely: likelyReasons,
    timeline: timeline
      .nullable()
      .describe(
        'The time of the report, at most its last 400 days, as the data say now; null of a store that is gone',
      ),
  })
  .describe("A store's row of a report, taken apart")
export type ReportExplanation = z.infer<typeof reportExplanation>
