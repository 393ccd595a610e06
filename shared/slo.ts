/** Where stores stand in a month by the rules of budget: rule 39 of docs/uptime.md. */
import * as z from 'zod'
import { count, isoInstant, shown } from './fields.ts'
import { givenLabel, givenLabels, labelHint } from './group.ts'
import { storeId } from './ids.ts'
import { pageInput } from './page.ts'

const localMonth = z
  .string()
  .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, {
    error: ({ input }) => `${shown(input)} is no month: write YYYY-MM`,
  })
  .meta({ examples: ['2023-01'] })

const sloOrders = ['store', 'spent'] as const

export const sloListFields = {
  month: localMonth
    .optional()
    .describe('The month, of the dates where a store is (default: that of the latest poll in UTC)'),
  storeId: storeId.optional().describe('Only of this store'),
  labels: givenLabels,
  sortBy: z
    .enum(sloOrders)
    .default('store')
    .describe('By store; or those first that spent the most of their budget, which has one page'),
}

export const sloListInput = pageInput.extend(sloListFields)
export type SloListQuery = z.output<typeof sloListInput>

const amounts = {
  target: z.number().describe('Which uptime was promised, in percent'),
  rule: count.describe('By which rule: its place in the document of rules, counted from 0'),
  businessMs: count.describe("All of the month's business time, also that to come, in milliseconds"),
  budgetMs: count.describe('How much downtime it may have: 100 - `target` percent of that'),
  downtimeMs: count.describe('The downtime of the month so far, in milliseconds'),
  spentPercent: z
    .number()
    .nonnegative()
    .describe(
      'How much of the budget that is, rounded down to hundredths: over 100 where the promise is broken',
    ),
  leftMs: z.int().describe('What is left of the budget, in milliseconds; negative where there was more'),
  unknownMs: count.describe('Time of the month so far of which it is not known whether it was up'),
}

export const slo = z
  .object({
    storeId,
    month: z.string().describe('The month, as YYYY-MM'),
    ...amounts,
    reached: z
      .array(z.number())
      .describe(
        "Which of the rule's percentages were reached at the end of a date: of each there is an incident",
      ),
    asOf: isoInstant.describe(
      'Up to when that is: the latest poll, or the end of the month where the store is',
    ),
  })
  .describe('Where a store stands in a month: how much of the downtime that it may have is spent')
export type SloRow = z.infer<typeof slo>

export const sloGroupsFields = {
  month: sloListFields.month,
  by: givenLabel
    .optional()
    .describe('The label whose values are the groups, such as city; left out: all stores together'),
  labels: givenLabels,
}

export const sloGroupsInput = z.strictObject(sloGroupsFields)
export type SloGroupsQuery = z.output<typeof sloGroupsInput>

export const sloGroup = z
  .object({
    group: z
      .string()
      .nullable()
      .describe('The value of the label; null for the stores that have none, or where no label is asked for'),
    ...amounts,
    stores: count.describe('How many of its stores the rule counts for; the rest are sums of theirs'),
    overStores: count.describe('How many of them have spent all of their budget'),
  })
  .describe("Where a group's stores stand in a month by a rule, together")
export type SloGroup = z.infer<typeof sloGroup>

export const sloGroups = z
  .object({
    by: z.string().nullable().describe('The label whose values are the groups; null for all together'),
    month: z.string().describe('The month, as YYYY-MM'),
    groups: z
      .array(sloGroup)
      .describe('In the order of their values, then rules; last the stores that have none'),
    hint: labelHint,
  })
  .describe('Where stores stand in a month, rolled up')
export type SloGroups = z.infer<typeof sloGroups>
