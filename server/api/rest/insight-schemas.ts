/** What the operations that are answered at once, of stores and their time, take and answer. */
import * as z from 'zod'
import { checkInput, dataCheck } from '../../../shared/check.ts'
import { isNo } from '../../../shared/fields.ts'
import { givenLabels } from '../../../shared/group.ts'
import { history, historyQueryFields } from '../../../shared/history.ts'
import {
  outageGroups,
  outageGroupsFields,
  outageOrders,
  outageQueryFields,
  outageRow,
} from '../../../shared/outage.ts'
import { maxPageSize } from '../../../shared/page-size.ts'
import { pageOf } from '../../../shared/page.ts'
import { judgingOptions } from '../../../shared/report.ts'
import { salesGroups, salesGroupsFields, salesListFields, salesRow } from '../../../shared/sales-at-risk.ts'
import { timeline, timelineQueryFields } from '../../../shared/timeline.ts'
import { answerFormat, labelsQuery, pageQuery } from './schemas.ts'

/** What the answer is computed with; it is checked with the rest of the query by the schema that tRPC has. */
const judgingQuery = {
  as_of: text(judgingOptions.shape.asOf, '2023-01-25T18:13:22Z'),
  interpolation: judgingOptions.shape.interpolation,
  reach: text(judgingOptions.shape.reach, '24h'),
  corrections: judgingOptions.shape.corrections,
}

/** A field as it is written; what it means is for the shared schema to say. */
function text({ description }: z.ZodType, example: string) {
  return z
    .string()
    .optional()
    .meta({ ...(description === undefined ? {} : { description }), examples: [example] })
}

/** Those fields of a query by which stores are judged, as the shared schemas name them. */
export function judgingOf<Judging>({ as_of: asOf, ...judging }: Judging & { as_of?: string | undefined }) {
  return { ...judging, asOf }
}

export const uptimeQuery = z.object(judgingQuery)
export const timelineQuery = z.object({
  since: text(timelineQueryFields.since, '2023-01-23'),
  until: text(timelineQueryFields.until, '2023-01-24T23:00:00Z'),
  ...judgingQuery,
  format: answerFormat,
})
export const historyQuery = z.object({
  by: historyQueryFields.by,
  since: historyQueryFields.since,
  until: historyQueryFields.until,
  ...judgingQuery,
  format: answerFormat,
})
export const outageQuery = z.object({
  since: outageQueryFields.since,
  until: outageQueryFields.until,
  store_id: outageQueryFields.storeId,
  labels: labelsQuery,
  sort_by: z.enum(outageOrders).default('store').describe(outageQueryFields.sortBy.description!),
  ...pageQuery.shape,
  ...judgingQuery,
  format: answerFormat,
})
export const outageGroupsQuery = z.object({
  by: outageGroupsFields.by,
  since: outageGroupsFields.since,
  until: outageGroupsFields.until,
  labels: labelsQuery,
  ...judgingQuery,
  format: answerFormat,
})
export const outageGroupsBody = outageGroups.meta({ id: 'OutageGroups' })
const { recaptured, average } = salesListFields
export const salesQuery = z.object({
  since: salesListFields.since,
  until: salesListFields.until,
  recaptured: z.coerce
    .number(isNo('percentage: write 0 to 100'))
    .default(0)
    .describe(recaptured.description!)
    .meta({ examples: [20] }),
  average: z.coerce
    .number(isNo('revenue: write more than 0, such as 85.50'))
    .optional()
    .describe(average.description!)
    .meta({ examples: [85.5] }),
  ...judgingQuery,
  format: answerFormat,
})
export const salesListQuery = salesQuery.extend({
  store_id: salesListFields.storeId,
  labels: labelsQuery,
  sort_by: salesListFields.sortBy,
  ...pageQuery.shape,
})
export const salesGroupsQuery = salesQuery.extend({ by: salesGroupsFields.by, labels: labelsQuery })
export const salesGroupsBody = salesGroups.meta({ id: 'SalesAtRiskGroups' })
export const salesBody = salesRow.meta({ id: 'SalesAtRisk' })
export const salesListBody = pageOf(salesBody).meta({
  id: 'SalesAtRiskList',
  description: 'What stores lost while they were down, by store',
})
export const timelineBody = timeline.meta({ id: 'Timeline' })
export const historyBody = history.meta({ id: 'History' })
export const outageListBody = pageOf(outageRow.meta({ id: 'Outage' })).meta({
  id: 'OutageList',
  description: 'Outages, by store and start',
})

const checkLimitForm = isNo(`number of examples: of each finding 1 to ${maxPageSize} are named`)
export const checkQuery = z.object({
  limit: z.coerce
    .number(checkLimitForm)
    .int(checkLimitForm)
    .min(1, checkLimitForm)
    .max(maxPageSize, checkLimitForm)
    .default(10)
    .describe(checkInput.shape.limit.description!),
  labels: givenLabels,
})
export const dataCheckBody = dataCheck.meta({ id: 'DataCheck' })
