import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { givenLabels } from './group.ts'
import { maxPageSize } from './page-size.ts'

/** What a data check looks for, in the order in which it tells of it. */
export const checkNames = [
  'hours-rejected',
  'zone-rejected',
  'no-hours',
  'no-zone',
  'zone-differs',
  'similar-id',
  'not-polled',
  'polled-when-closed',
  'poller-outage',
  'always-inactive',
  'always-active',
] as const
export type CheckName = (typeof checkNames)[number]

export const checkInput = z.strictObject({
  limit: z
    .int()
    .min(1)
    .max(maxPageSize)
    .default(10)
    .describe('How many stores, or spans of time, are named of each finding: the first'),
  labels: givenLabels,
})
export type CheckQuery = z.output<typeof checkInput>

const checkExample = z
  .object({
    storeId: z.string().nullable().describe('The store; null where the finding is of a time'),
    from: isoInstant.nullable().describe('When it began; null where the finding is of a store'),
    until: isoInstant.nullable().describe('When it had ended; null where the finding is of a store'),
    detail: z.string().nullable().describe('What is to be said of it in particular'),
  })
  .describe('A store, or a time, that a finding is about')
export type CheckExample = z.infer<typeof checkExample>

export const checkFinding = z
  .object({
    check: z.enum(checkNames).describe('What was looked for'),
    isDoubtful: z.boolean().describe('Whether figures are to be doubted; otherwise it is good to know'),
    count: count.describe('How many stores, or hours, it is about'),
    summary: z.string().describe('What was found, in a sentence'),
    remedy: z.string().describe('What to do about it'),
    first: z.array(checkExample).describe('The first of them'),
  })
  .describe('Something that makes figures doubtful')
export type CheckFinding = z.infer<typeof checkFinding>

export const dataCheck = z
  .object({
    asOf: isoInstant
      .nullable()
      .describe('The latest poll: the week before it was looked at; null without polls'),
    stores: count.describe('Stores that were looked at'),
    findings: z.array(checkFinding).describe('What was found; none where all is well'),
  })
  .describe('Which figures to doubt, and why')
export type DataCheck = z.infer<typeof dataCheck>
