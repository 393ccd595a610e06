import * as z from 'zod'
import { count } from './fields.ts'
import { givenReportId, reportId } from './ids.ts'
import { isLabel, labelOf } from './label.ts'
import { textProblem } from './text-problem.ts'
import { byPercentKey, byTotalKey, reportWindows } from './report-columns.ts'
import type { WindowName } from './row-columns.ts'

/** A group: all stores that have a value of a label (rule 32 of docs/uptime.md). */
export interface StoreLabel {
  readonly label: string
  readonly value: string
}

/** Groups as a caller writes them: `label=value`, one or several. */
export const givenLabels = z
  .union([z.string(), z.array(z.string()).max(20)], 'write label=value, as city=Bonn, or an array of them')
  .transform((given, context): StoreLabel[] =>
    [given].flat().flatMap((text) => {
      const label = parseLabel(text)
      const problem = label && textProblem(label.value)
      if (label !== undefined && problem === undefined) return [label]
      const message = problem ?? `"${text}" is no group: write label=value, as city=Bonn`
      context.addIssue({ code: 'custom', message })
      return []
    }),
  )
  .optional()
  .describe('Only stores that are in all of these groups, each as label=value')
  .meta({ examples: [['city=Bonn']] })

function parseLabel(text: string): StoreLabel | undefined {
  const [name = '', ...value] = text.split('=')
  const label = labelOf(name)
  const isText = !/\p{Cc}/u.test(text)
  return isText && value.length > 0 && isLabel(label) ? { label, value: value.join('=').trim() } : undefined
}

/** A label as a caller writes it. */
export const givenLabel = z.string().min(1).transform(labelOf)

export const groupsInput = z.strictObject({
  reportId: givenReportId,
  by: givenLabel.describe('The label whose values are the groups, such as city'),
})
export type GroupsQuery = z.output<typeof groupsInput>

const share = z.number().nullable()

const byWindow = <Value extends z.ZodType>(name: (window: string) => string, value: Value) =>
  Object.fromEntries(reportWindows.map((window) => [name(window.name), value]))

export const groupRow = z
  .object({
    group: z.string().nullable().describe('The value of the label; null for the stores that have none'),
    stores: count.describe('How many stores the group has in the report'),
    ...byTotalKey(({ description }) => count.describe(`${description}, of all its stores`)),
    ...byPercentKey(() =>
      share.describe('Of the sums: uptime / (uptime + downtime); null where nothing was observed'),
    ),
    ...(byWindow(
      (window) => `observed${window}Percent`,
      share.describe(
        'Coverage: the share of the business time that was up or down; null where there is none',
      ),
    ) as Record<`observed${WindowName}Percent`, typeof share>),
    ...(byWindow(
      (window) => `medianUptime${window}Percent`,
      share.describe("The median of its stores' percentages; null where none was observed"),
    ) as Record<`medianUptime${WindowName}Percent`, typeof share>),
  })
  .describe("A group's business time: the sums of its stores, by status")
export type GroupRow = z.infer<typeof groupRow>

/** Of an answer by a label. */
export const labelHint = z
  .string()
  .nullable()
  .describe('Where no store has the label: which labels there are; null otherwise')

export const reportGroups = z
  .object({
    reportId,
    by: z.string().describe('The label whose values are the groups'),
    groups: z.array(groupRow).describe('In the order of their values; last the stores that have none'),
    hint: labelHint,
  })
  .describe('A report rolled up by a label')
export type ReportGroups = z.infer<typeof reportGroups>
