import * as z from 'zod'
import { count } from './fields.ts'
import { givenReportId, reportId } from './ids.ts'
import { changePoints } from './report-rows.ts'
import { unobservedKinds, windowNames, type WindowName } from './row-columns.ts'
import { checkUptimeRange, rowFilterFields } from './row-filter.ts'
import { storeStates, type StoreState } from './store-state.ts'
import { tallyFields } from './tally-fields.ts'

export const reportSummaryInput = z
  .strictObject({ reportId: givenReportId, ...rowFilterFields })
  .superRefine(checkUptimeRange)
export type ReportSummaryQuery = z.output<typeof reportSummaryInput>

const share = z.number().nullable()

const windowSums = z
  .object({
    ...tallyFields,
    uptimePercent: share.describe(
      'uptime / (uptime + downtime) of the sums; null where nothing was observed',
    ),
    observedPercent: share.describe('The share of the business time that was up or down; null without any'),
    changePoints,
  })
  .describe('The sums of a window')

const band = z
  .object({
    from: z.number().nullable().describe('From so many per cent; null of stores that were not observed'),
    to: z
      .number()
      .nullable()
      .describe('To before so many per cent; exactly that where it is the same as from'),
    observed: z.enum(unobservedKinds).nullable().describe('Of stores that were not observed: why not'),
    stores: count.describe('How many stores it has'),
  })
  .describe('Stores of a range of uptime, in the terms of the filter')

const zone = z
  .object({
    timezone: z.string().describe('The zone'),
    stores: count.describe('How many stores are in it'),
    down: count.describe('How many of them are down'),
    ...tallyFields,
    uptimePercent: share.describe('Of the sums; null where nothing was observed'),
  })
  .describe('The stores of a zone, and their sums in the window')

const storesByState = Object.fromEntries(
  storeStates.map((state) => [state, count.describe(`How many are ${state}`)]),
) as Record<StoreState, typeof count>
export const reportSummary = z
  .object({
    reportId,
    stores: count.describe('How many stores match'),
    now: z
      .object(storesByState)
      .nullable()
      .describe('What they are just before as_of; null in a report that was made before states were kept'),
    windows: z
      .record(z.string(), windowSums)
      .describe(`Their business time by status, by window: ${windowNames.join(', ')}`),
    distribution: z.array(band).describe('How many stores had which uptime in the window, the lowest first'),
    timezones: z.array(zone).describe('Their zones, the lowest uptime first, and last those without any'),
    labels: z.array(z.string()).describe('The labels that stores have, by which groups can be asked for'),
  })
  .describe('A report in a few figures')
export type ReportSummary = z.infer<typeof reportSummary> & {
  readonly windows: Readonly<Record<WindowName, z.infer<typeof windowSums>>>
}
