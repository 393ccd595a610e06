import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { givenReportId } from './ids.ts'
import { pageInput, pageOf } from './page.ts'
import { reportRow } from './report.ts'
import { rowOrders, sortColumns } from './row-columns.ts'
import { checkUptimeRange, rowFilterFields } from './row-filter.ts'
import { salesAmounts } from './sales-at-risk.ts'
import { storeStates } from './store-state.ts'

/** In what order the rows are: those without a value are last, and of one value they are by id. */
export const rowOrderFields = {
  sortBy: z
    .enum(sortColumns)
    .default('storeId')
    .describe(
      'The column that rows are sorted by; downMs is how long the ongoing outage is, in business time',
    ),
  order: z.enum(rowOrders).default('ascending').describe('Whether the smallest are first, or the largest'),
}

export const rowSales = z
  .boolean()
  .default(false)
  .describe('Whether rows have what their stores lost in `window`, of the data as they are now')

export const reportRowsInput = pageInput
  .extend({ reportId: givenReportId, ...rowFilterFields, ...rowOrderFields, sales: rowSales })
  .superRefine(checkUptimeRange)
export type ReportRowsQuery = z.output<typeof reportRowsInput>

export const changePoints = z
  .number()
  .nullable()
  .describe(
    'Points that the uptime percentage is above that of the compared report; null where either has none',
  )

export const listedRow = reportRow
  .extend({
    name: z.string().nullable().describe('What the store is called; null where no file says so'),
    timezone: z.string().describe('The zone that it is in at the as_of of the report'),
    now: z
      .enum(storeStates)
      .nullable()
      .describe('What it is just before as_of; null in a report that was made before states were kept'),
    since: isoInstant.nullable().describe('When the outage began that it is in; null unless it is down'),
    sinceIsCut: z
      .boolean()
      .describe(
        'Whether the outage began before the week of the report: since is the first of it in the week',
      ),
    downForMs: count.nullable().describe('Its downtime so far, in milliseconds; null unless it is down'),
    lastPoll: isoInstant
      .nullable()
      .describe('The last poll up to as_of; null where none is in the week and the reach before it'),
    change: changePoints,
    salesAtRisk: salesAmounts
      .nullable()
      .describe(
        'What the store lost while it was down in the window, as a range; null where nothing is known of what it takes, or it is not asked for',
      ),
  })
  .describe("A store's row of a report, with what it is at the as_of of the report")
export type ListedRow = z.infer<typeof listedRow>

export const listedRowPage = pageOf(listedRow)
  .extend({ total: count.describe('How many rows match, on all pages') })
  .describe('A page of the rows that match')
export type ListedRowPage = z.infer<typeof listedRowPage>
