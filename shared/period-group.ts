import * as z from 'zod'
import { count } from './fields.ts'
import { givenLabel, labelHint } from './group.ts'
import { givenReportId, reportId, storeId } from './ids.ts'
import { maxPageSize } from './page-size.ts'
import { pageInput, pageOf } from './page.ts'
import { percent, periodRow } from './report.ts'

const { period, uptimeMs, downtimeMs, unknownMs, excusedMs } = periodRow.shape

export const periodGroupsInput = pageInput.extend({
  reportId: givenReportId,
  by: givenLabel
    .optional()
    .describe('The label whose values are the groups, such as city; left out, all stores are one'),
})
export type PeriodGroupsQuery = z.output<typeof periodGroupsInput>

export const periodGroupRow = z
  .object({
    group: z
      .string()
      .nullable()
      .describe(
        'The value of the label; null for the stores that have none, and where no label is asked for',
      ),
    period,
    stores: count.describe('How many stores the group has in the report'),
    uptimeMs: uptimeMs.describe('Uptime of all its stores in the period, in milliseconds'),
    downtimeMs: downtimeMs.describe('Downtime of all its stores in the period, in milliseconds'),
    unknownMs: unknownMs.describe('Unknown time of all its stores in the period, in milliseconds'),
    excusedMs: excusedMs.describe('Excused time of all its stores in the period, in milliseconds'),
    uptimePercent: percent.describe(
      'Of the sums: uptime / (uptime + downtime); null where nothing was observed',
    ),
    observedPercent: percent.describe(
      'Coverage: the share of the business time that was up or down; null where there is none',
    ),
    medianUptimePercent: percent.describe(
      "The median of its stores' percentages; null where none was observed",
    ),
  })
  .describe("A group's business time in a period: the sums of its stores, by status")
export type PeriodGroupRow = z.infer<typeof periodGroupRow>

export const periodGroupPage = pageOf(periodGroupRow).extend({ hint: labelHint })
export type PeriodGroupPage = z.infer<typeof periodGroupPage>

export const periodStoreSorts = ['uptime', 'downtime', 'unknown', 'excused', 'store'] as const
export type PeriodStoreSort = (typeof periodStoreSorts)[number]

export const periodStoresInput = z.strictObject({
  reportId: givenReportId,
  storeId: z.string().optional().describe('Only stores whose id contains this text'),
  sortBy: z
    .enum(periodStoreSorts)
    .default('uptime')
    .describe('By the lowest share of uptime, the most time of another status, or the id'),
  limit: z.int().min(1).max(maxPageSize).default(20).describe('So many stores: the first'),
})
export type PeriodStoresQuery = z.output<typeof periodStoresInput>

const periodStore = z
  .object({
    storeId,
    uptimeMs: uptimeMs.describe('Uptime in all periods, in milliseconds'),
    downtimeMs: downtimeMs.describe('Downtime in all periods, in milliseconds'),
    unknownMs: unknownMs.describe('Unknown time in all periods, in milliseconds'),
    excusedMs: excusedMs.describe('Excused time in all periods, in milliseconds'),
    uptimePercent: percent.describe('uptime / (uptime + downtime) of all; null where nothing was observed'),
    percents: z
      .array(percent)
      .describe('That of each period, in order; null where nothing was observed in it'),
  })
  .describe("A store's business time in all periods of a report")
export type PeriodStore = z.infer<typeof periodStore>

export const periodStores = z
  .object({
    reportId,
    periods: z.array(z.string()).describe('The periods of the report, in order'),
    stores: count.describe('How many stores there are, of which these are the first'),
    items: z.array(periodStore).describe('The stores, in the order that was asked for'),
  })
  .describe('The first stores of a report by period, in some order')
export type PeriodStores = z.infer<typeof periodStores>
