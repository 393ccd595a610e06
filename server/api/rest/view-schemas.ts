/** What the operations take and answer by which reports are looked at, in the names of this API. */
import * as z from 'zod'
import { ensureOptions } from '../../../shared/report.ts'
import { reportHours } from '../../../shared/report-hours.ts'
import { listedRow, listedRowPage, rowOrderFields, rowSales } from '../../../shared/report-rows.ts'
import { reportSummary } from '../../../shared/report-summary.ts'
import { checkUptimeRange, rowFilterFields, type RowFilter } from '../../../shared/row-filter.ts'
import { storeId } from '../../../shared/ids.ts'
import { strips, stripsInput } from '../../../shared/store-strip.ts'
import { suggestInput, suggestions } from '../../../shared/suggestion.ts'
import { pageQuery, trueOrFalse } from './schemas.ts'

export const ensureBody = ensureOptions
  .meta({ id: 'ViewOptions', description: 'What a report by window is computed with; all may be left out' })
  .prefault({})

const percentForm = 'a percentage is a number from 0 to 100'
const percentBound = (description: string | undefined) =>
  z.coerce
    .number(percentForm)
    .min(0, percentForm)
    .max(100, percentForm)
    .optional()
    .describe(description!.replace('uptimeFrom', 'uptime_from'))
    .meta({ examples: [90] })

const filterFields = z.object({
  store_id: rowFilterFields.storeId,
  search: rowFilterFields.search,
  labels: rowFilterFields.labels,
  timezone: rowFilterFields.timezone,
  now: rowFilterFields.now,
  window: rowFilterFields.window,
  uptime_from: percentBound(rowFilterFields.uptimeFrom.description),
  uptime_to: percentBound(rowFilterFields.uptimeTo.description),
  observed: rowFilterFields.observed,
  compare_with: rowFilterFields.compareWith,
})
const salesField = {
  sales: trueOrFalse(rowSales),
}
const orderFields = { sort_by: rowOrderFields.sortBy, order: rowOrderFields.order }

type FilterFields = z.output<typeof filterFields>
type Renamed = 'store_id' | 'uptime_from' | 'uptime_to' | 'compare_with'

function checkFilter({ uptime_from, uptime_to }: FilterFields, context: z.RefinementCtx): void {
  const range = { uptimeFrom: uptime_from, uptimeTo: uptime_to }
  checkUptimeRange(range, context, { from: 'uptime_from', to: 'uptime_to' })
}

function filterOf<Fields extends FilterFields>({
  store_id: storeId,
  uptime_from: uptimeFrom,
  uptime_to: uptimeTo,
  compare_with: compareWith,
  ...fields
}: Fields): Omit<Fields, Renamed> & Pick<RowFilter, 'storeId' | 'uptimeFrom' | 'uptimeTo' | 'compareWith'> {
  return { ...fields, storeId, uptimeFrom, uptimeTo, compareWith }
}

export const summaryQuery = filterFields.superRefine(checkFilter).transform(filterOf)
export const rowsFileQuery = filterFields
  .extend({ ...orderFields, ...salesField })
  .superRefine(checkFilter)
  .transform(({ sort_by: sortBy, ...fields }) => ({ ...filterOf(fields), sortBy }))
export const rowsQuery = filterFields
  .extend({ ...orderFields, ...salesField, ...pageQuery.shape })
  .superRefine(checkFilter)
  .transform(({ sort_by: sortBy, ...fields }) => ({ ...filterOf(fields), sortBy }))

export const rowPageBody = listedRowPage
  .extend({ items: z.array(listedRow.meta({ id: 'ListedRow' })).describe('What the page has') })
  .meta({ id: 'ListedRowPage', description: listedRowPage.description! })
export const summaryBody = reportSummary.meta({ id: 'ReportSummary' })
export const hoursBody = reportHours.meta({ id: 'ReportHours' })

const storeIdsForm = 'store_id is missing, or is none: write ?store_id=…, once for each store, up to 100'
/** A field that may be given once or several times. */
const givenStoreIds = z
  .union([storeId, stripsInput.shape.storeIds], { error: () => storeIdsForm })
  .transform((ids) => [ids].flat())

export const stripsQuery = z
  .object({
    store_id: givenStoreIds
      .describe('A store that is meant; once for each, up to 100')
      .meta({ examples: [['a', 'b']] }),
    as_of: stripsInput.shape.asOf,
    interpolation: stripsInput.shape.interpolation,
    reach: stripsInput.shape.reach,
    corrections: stripsInput.shape.corrections,
  })
  .transform(({ store_id: storeIds, as_of: asOf, ...options }) => ({ ...options, storeIds, asOf }))
export const stripsBody = strips.meta({ id: 'Strips' })

const suggestLimitForm = '1 to 20 stores are named'
export const suggestQuery = z.object({
  text: suggestInput.shape.text.meta({ examples: ['chicago-lop-01'] }),
  limit: z.coerce
    .number(suggestLimitForm)
    .int(suggestLimitForm)
    .min(1, suggestLimitForm)
    .max(20, suggestLimitForm)
    .default(5)
    .describe('How many are named at most'),
})
export const suggestionsBody = suggestions.meta({ id: 'Suggestions' })
