import * as z from 'zod'
import { count } from './fields.ts'
import { storeId } from './ids.ts'
import { parseLocalDate } from './local-date.ts'
import { exactInstant, outageRow } from './outage.ts'
import { judgingOptions } from './report.ts'
import { salesAmounts } from './sales-at-risk.ts'
import { parseTimestamp, timestampForms } from './timestamp.ts'

const segmentStatuses = ['up', 'down', 'unknown', 'excused', 'closed'] as const
const silences = ['outside business hours', 'corrected'] as const

export const timelineSegment = z
  .object({
    start: exactInstant.describe('When it starts'),
    end: exactInstant.describe('When it ends'),
    status: z.enum(segmentStatuses).describe('The status of the store in it'),
    poll: exactInstant.nullable().describe('The poll that speaks for it; null where none does'),
  })
  .describe('A longest possible stretch of one status and one poll')
export type TimelineSegment = z.infer<typeof timelineSegment>

const timelinePoll = z
  .object({
    at: exactInstant.describe('When it was taken'),
    status: z.enum(['active', 'inactive']).describe('What it found'),
    silence: z.enum(silences).nullable().describe('Why it does not speak; null where it does'),
  })
  .describe('A poll taken in the window')
export type TimelinePoll = z.infer<typeof timelinePoll>

export const timelineRule = z
  .object({
    what: z.enum(['hours', 'zone', 'special day']).describe('What kind of rule it is'),
    from: exactInstant.nullable().describe('Since when it is in force; null for ever, or for a special day'),
    text: z.string().describe('The rule, in words'),
  })
  .describe('A rule in force in the window')
export type TimelineRule = z.infer<typeof timelineRule>

const timelineOffset = z
  .object({
    start: exactInstant.describe('Since when it holds'),
    timezone: z.string().describe('The zone in force'),
    offsetMs: z.int().describe('What local time is ahead of UTC, in milliseconds'),
  })
  .describe('An offset from UTC that holds in the window')

export const timeline = z
  .object({
    storeId,
    since: exactInstant.describe('Where the window starts'),
    until: exactInstant.describe('Where it ends, itself not included; at asOf at the latest'),
    asOf: exactInstant.describe('The instant that it looks back from'),
    totals: z
      .object({
        uptimeMs: count.describe('Uptime in the window, in milliseconds'),
        downtimeMs: count.describe('Downtime in the window, in milliseconds'),
        unknownMs: count.describe('Unknown time in the window, in milliseconds'),
        excusedMs: count.describe('Excused time in the window, in milliseconds'),
        uptimePercent: z.number().nullable().describe('uptime / (uptime + downtime); null without either'),
      })
      .describe('What the segments add up to'),
    segments: z.array(timelineSegment).describe('The window from end to end'),
    polls: z.array(timelinePoll).describe('The polls taken in the window'),
    outages: z.array(outageRow).describe('The outages with down time in the window, whole'),
    salesAtRisk: salesAmounts
      .nullable()
      .describe(
        'What it lost in the window while it was down; null where it was not, or nothing is known of what it takes',
      ),
    rules: z.array(timelineRule).describe('The rules in force in the window'),
    offsets: z.array(timelineOffset).describe('How local time differs from UTC in the window'),
  })
  .describe("A store's time, taken apart")
export type Timeline = z.infer<typeof timeline>

/** A local date, in days since 1970-01-01, or an instant. */
export type DateOrInstant = { readonly date: number } | { readonly atMs: number }

const dateOrInstant = z.string().transform((text, context): DateOrInstant => {
  const date = parseLocalDate(text.trim())
  if (date !== undefined) return { date }
  const atMs = parseTimestamp(text.trim())
  if (!Number.isNaN(atMs)) return { atMs }
  context.addIssue({
    code: 'custom',
    message: `"${text}" is neither a local date nor an instant: write YYYY-MM-DD, ${timestampForms}`,
  })
  return z.NEVER
})

export const timelineQueryFields = {
  since: dateOrInstant
    .optional()
    .describe('Where the window starts: a local date, or an instant; by default a week before its end')
    .meta({ examples: ['2023-01-23', '2023-01-23T12:00:00Z'] }),
  until: dateOrInstant
    .optional()
    .describe('Where it ends: a local date, itself included, or an instant, itself not; by default asOf')
    .meta({ examples: ['2023-01-24', '2023-01-24T23:00:00Z'] }),
}

export const timelineInput = judgingOptions.extend({ storeId, ...timelineQueryFields })
export type TimelineQuery = z.output<typeof timelineInput>
