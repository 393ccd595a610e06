import * as z from 'zod'
import { count } from './fields.ts'
import { givenLabel, givenLabels, labelHint } from './group.ts'
import { storeId } from './ids.ts'
import { parseLocalDate } from './local-date.ts'
import { pageInput } from './page.ts'
import { judgingOptions, localDate } from './report.ts'

/** An instant of an explanation: always with milliseconds, as its CSV has it. */
export const exactInstant = z.string().meta({ format: 'date-time', examples: ['2023-01-24T09:14:00.000Z'] })

export const outageRow = z
  .object({
    storeId,
    start: exactInstant.describe('Its first down instant'),
    end: exactInstant.nullable().describe('The end of its last down time; null while it is ongoing'),
    downtimeMs: count.describe('Its downtime, in milliseconds'),
    shortestMs: count.describe('What it lasted at least: business time from its first to its last poll'),
    longestMs: count.describe('What it lasted at most: business time between the active polls around it'),
    firstPoll: exactInstant.describe('The first inactive poll that proves it'),
    lastPoll: exactInstant.describe('The last one'),
  })
  .describe('Down business time of a store without any other in between')
export type OutageRow = z.infer<typeof outageRow>

const maxDays = 400

/** Local dates, both included, of which there are not too many. */
export function checkDates(
  { since, until }: { readonly since: string; readonly until: string },
  context: z.RefinementCtx,
  most = maxDays,
): void {
  const days = parseLocalDate(until)! - parseLocalDate(since)! + 1
  const issue = (message: string) => context.addIssue({ code: 'custom', path: ['until'], message })
  if (days < 1) issue(`${until} is before ${since}: give the earlier date as since`)
  if (days > most) issue(`${since} to ${until} are ${days} days: at most ${most} are allowed`)
}

export const outageOrders = ['store', 'longest', 'ongoing'] as const

export const outageQueryFields = {
  since: localDate.describe('The first local date on which an outage has down time'),
  until: localDate.describe('The last local date, itself included'),
  storeId: storeId.optional().describe('Only those of this store'),
  labels: givenLabels,
  sortBy: z
    .enum(outageOrders)
    .default('store')
    .describe(
      'By store, then start; or the longest first; or those that are ongoing first. The last two have one page',
    ),
}

export const outageListInput = judgingOptions
  .extend(pageInput.shape)
  .extend(outageQueryFields)
  .superRefine((query, context) => checkDates(query, context))
export type OutageListQuery = z.output<typeof outageListInput>

const { since, until, labels } = outageQueryFields

export const outageGroupsFields = {
  by: givenLabel.describe('The label whose values are the groups, such as city'),
  since,
  until,
}

export const outageGroupsInput = judgingOptions
  .extend({ ...outageGroupsFields, labels })
  .superRefine((query, context) => checkDates(query, context))
export type OutageGroupsQuery = z.output<typeof outageGroupsInput>

export const outageGroup = z
  .object({
    group: z.string().nullable().describe('The value of the label; null for the stores that have none'),
    stores: count.describe('How many stores it has'),
    storesWithOutages: count.describe('How many of them had any outage'),
    outages: count.describe('How many outages they had'),
    ongoing: count.describe('How many of these are ongoing'),
    downtimeMs: count.describe('The downtime of all of them, which are whole, in milliseconds'),
    longest: outageRow.nullable().describe('The one with the most downtime; null without any'),
  })
  .describe("The outages of a group's stores")
export type OutageGroup = z.infer<typeof outageGroup>

export const outageGroups = z
  .object({
    by: z.string().describe('The label whose values are the groups'),
    since: z.string().describe('The first local date'),
    until: z.string().describe('The last local date, itself included'),
    asOf: z.string().meta({ format: 'date-time' }).describe('The instant that it looks back from'),
    groups: z.array(outageGroup).describe('In the order of their values; last the stores that have none'),
    hint: labelHint,
  })
  .describe('The outages with down time on some local dates, rolled up by a label')
export type OutageGroups = z.infer<typeof outageGroups>
