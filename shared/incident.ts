import * as z from 'zod'
import { alertRules } from './alert-rules.ts'
import { count } from './fields.ts'
import { givenLabels } from './group.ts'
import { storeId } from './ids.ts'
import { incidentConditions, severities } from './incident-condition.ts'
import { exactInstant } from './outage.ts'
import { pageInput } from './page.ts'
import { instant } from './report.ts'

export const incident = z
  .object({
    condition: z.enum(incidentConditions).describe('What it is of'),
    severity: z.enum(severities).describe('How much it matters, as its rule says'),
    storeId: storeId.nullable().describe('Of which store; null where it is of many'),
    group: z
      .string()
      .nullable()
      .describe('Of which group, as label=value; null where it is of a store or of all'),
    start: exactInstant.describe('Since when it is so'),
    opened: exactInstant.describe('When it opened: from then on somebody can be told'),
    closed: exactInstant.nullable().describe('When it closed; null while it is open'),
    ending: z
      .enum(['recovered', 'expired', 'over'])
      .nullable()
      .describe('How: it recovered, nothing was heard any more, or its time was over; null while it is open'),
    value: z
      .number()
      .describe(
        'What was measured when it opened: of down, no-data and late milliseconds, of unstable changes, of uptime, budget, group-share and blind a percentage, of drop points',
      ),
    rule: count.describe('By which rule: its place in the document of rules, counted from 0'),
  })
  .describe('Something that somebody is to be told of: rules 33 to 42 of docs/uptime.md')
export type IncidentRow = z.infer<typeof incident>

export const incidentQueryFields = {
  since: instant.optional().describe('Those that were open then or later (default: a week before `until`)'),
  until: instant.optional().describe('Those that opened before (default: data time, the latest poll)'),
  open: z.boolean().default(false).describe('Only those that are open'),
  condition: z.enum(incidentConditions).optional().describe('Only of this condition'),
  storeId: storeId.optional().describe('Only those of this store'),
  labels: givenLabels,
}

export const incidentListInput = pageInput.extend(incidentQueryFields)
export type IncidentListQuery = z.output<typeof incidentListInput>

export const simulateInput = z.strictObject({
  since: incidentQueryFields.since,
  until: incidentQueryFields.until,
  rules: alertRules.optional().describe('By these rules; left out, by those in force'),
})
export type SimulateQuery = z.output<typeof simulateInput>

const simulatedCount = z
  .object({
    day: z.string().describe('The date in UTC on which it would have been told'),
    rule: count.describe('By which rule: its place in the document, counted from 0'),
    opened: count.describe('How many incidents would have been told'),
    closed: count.describe('Of how many the end would have been told'),
    held: count.describe('How many opened that day and would have been told never, or not yet: rule 43'),
  })
  .describe('What would have been told on a day by a rule')
export type SimulatedCount = z.infer<typeof simulatedCount>

export const simulation = z
  .object({
    since: exactInstant.describe('The first instant that was looked at'),
    until: exactInstant.describe('The first one that was not'),
    days: z
      .array(simulatedCount)
      .describe('In order of day, then rule; without those of which there is nothing'),
    rules: alertRules.shape.rules.describe('The rules that it was done by'),
    stores: count.describe('How many stores there are'),
  })
  .describe('What would have been told')
export type Simulation = z.infer<typeof simulation>
