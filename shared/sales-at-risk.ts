import * as z from 'zod'
import { count, isNo } from './fields.ts'
import { givenLabel, givenLabels, labelHint } from './group.ts'
import { storeId } from './ids.ts'
import { checkDates } from './outage.ts'
import { pageInput } from './page.ts'
import { judgingOptions, localDate } from './report.ts'

/** What they are computed with, the most exact first. */
const revenueBases = ['hour', 'day-type', 'store', 'given', 'group', 'average'] as const

const percentForm = isNo('percentage: write 0 to 100')
const averageForm = isNo('revenue: write more than 0, such as 85.50')

const salesQueryFields = {
  since: localDate.describe('The first local date'),
  until: localDate.describe('The last local date, itself included'),
  recaptured: z
    .number(percentForm)
    .min(0, percentForm)
    .max(100, percentForm)
    .default(0)
    .describe('How much of what is not ordered while a store is down is ordered later, in percent')
    .meta({ examples: [20] }),
  average: z
    .number(averageForm)
    .positive(averageForm)
    .max(1_000_000_000, averageForm)
    .optional()
    .describe('What stores of which nothing else is known take in an hour')
    .meta({ examples: [85.5] }),
}

const salesOrders = ['store', 'most'] as const

export const salesListFields = {
  ...salesQueryFields,
  storeId: storeId.optional().describe('Only of this store'),
  labels: givenLabels,
  sortBy: z
    .enum(salesOrders)
    .default('store')
    .describe('By store; or those first that most likely lost the most, which has one page'),
}

export const salesListInput = judgingOptions
  .extend(pageInput.shape)
  .extend(salesListFields)
  .superRefine((query, context) => checkDates(query, context))
export type SalesListQuery = z.output<typeof salesListInput>

const amounts = {
  currency: z.string().nullable().describe('Of the amounts, as files say; null where none does'),
  low: z
    .number()
    .nonnegative()
    .describe(
      'What was lost at least, of two digits: the shortest that outages lasted, times the lower quartile of such hours; of few hours, their mean less two standard deviations, where that is less',
    ),
  middle: z.number().nonnegative().describe('What was lost most likely: the downtime, times the mean'),
  high: z
    .number()
    .nonnegative()
    .describe('What was lost at most: the longest that outages may have lasted, likewise'),
  basis: z
    .enum(revenueBases)
    .nullable()
    .describe(
      'What that is computed with, the least exact of it: the orders of the same hour of the week, of that time on working days or weekends, or of the store; what a file says that it takes; the orders of the stores that were asked for with it; `average`. Null where there is nothing',
    ),
  unpricedMs: count.describe(
    'Downtime that is not in the amounts, as it is not known what the store takes then, in milliseconds',
  ),
}

/** Where what a store takes is known. */
export const salesAmounts = z.object(amounts).describe('What a store lost while it was down, as a range')
export type SalesAmounts = z.infer<typeof salesAmounts>

const orNotKnown = 'Null where nothing is known of what the store takes'

export const salesRow = z
  .object({
    storeId,
    ...amounts,
    low: amounts.low.nullable().describe(`${amounts.low.description!}. ${orNotKnown}`),
    middle: amounts.middle.nullable().describe(`${amounts.middle.description!}. ${orNotKnown}`),
    high: amounts.high.nullable().describe(`${amounts.high.description!}. ${orNotKnown}`),
    downtimeMs: count.describe('Its downtime, in milliseconds'),
    unknownMs: count.describe('Time of which it is not known whether it was up: never in the amounts'),
  })
  .describe('What a store lost while it was down, as a range')
export type SalesRow = z.infer<typeof salesRow>

export const salesGroupsFields = {
  ...salesQueryFields,
  by: givenLabel
    .optional()
    .describe('The label whose values are the groups, such as city; left out: all stores together'),
  labels: givenLabels,
}

export const salesGroupsInput = judgingOptions
  .extend(salesGroupsFields)
  .superRefine((query, context) => checkDates(query, context))
export type SalesGroupsQuery = z.output<typeof salesGroupsInput>

export const salesGroup = z
  .object({
    group: z
      .string()
      .nullable()
      .describe('The value of the label; null for the stores that have none, or where no label is asked for'),
    currency: salesRow.shape.currency.describe('Of the amounts; a group has a row for each'),
    stores: count.describe('How many of its stores were down'),
    low: salesRow.shape.low.describe('What they lost at least, of two digits. Null where none is known'),
    middle: salesRow.shape.middle.describe('What they lost most likely'),
    high: salesRow.shape.high.describe('What they lost at most'),
    downtimeMs: count.describe('Their downtime, in milliseconds'),
    unpricedMs: count.describe('What of it is not in the amounts, in milliseconds'),
    unknownMs: count.describe('Time of all its stores of which it is not known whether they were up'),
  })
  .describe("What a group's stores lost while they were down")
export type SalesGroup = z.infer<typeof salesGroup>

export const salesGroups = z
  .object({
    by: z.string().nullable().describe('The label whose values are the groups; null for all together'),
    since: z.string().describe('The first local date'),
    until: z.string().describe('The last local date, itself included'),
    asOf: z.string().meta({ format: 'date-time' }).describe('The instant that it looks back from'),
    groups: z
      .array(salesGroup)
      .describe('In the order of their values, then currencies; last the stores that have none'),
    hint: labelHint,
  })
  .describe('What stores lost while they were down, rolled up')
export type SalesGroups = z.infer<typeof salesGroups>
