import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { givenLabels } from './group.ts'
import { storeId } from './ids.ts'
import { pageInput } from './page.ts'

/** The zone of a store that no file gives one for. */
export const defaultTimezone = 'America/Chicago'

const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$|^24:00:00$/)

export const weeklySpan = z
  .object({
    day: z.int().min(0).max(6).describe('0 = Monday … 6 = Sunday'),
    start: localTime.describe('Local time, HH:MM:SS'),
    end: localTime.describe('Local time, HH:MM:SS; at or before `start`: on the next day'),
  })
  .describe('A span of business hours, as the file has it')
export type WeeklySpan = z.infer<typeof weeklySpan>

const daySpan = z
  .object({
    start: localTime.describe('Local time, HH:MM:SS'),
    end: localTime.describe('Local time, HH:MM:SS; at or before `start`: on the next day'),
  })
  .describe('A span of a special day')

const validFrom = isoInstant.nullable().describe('Since when it holds; null: from ever')

export const store = z
  .object({
    storeId,
    name: z.string().nullable().describe('What it is called; null where no file says so'),
    labels: z.record(z.string(), z.string()).describe('Its groups: a value for each label that it has'),
    timezone: z
      .string()
      .nullable()
      .describe(`IANA zone of the last version; null where none is given: ${defaultTimezone} holds then`),
    businessHours: z
      .array(weeklySpan)
      .nullable()
      .describe('Of the last version; null where none are given: open 24×7 then'),
    timezoneVersions: z
      .array(z.object({ validFrom, timezone: z.string().describe('IANA zone') }))
      .describe('All zones, each until the next'),
    businessHoursVersions: z
      .array(z.object({ validFrom, spans: z.array(weeklySpan).describe('All of its weekly hours') }))
      .describe('All business hours, each until the next'),
    specialHours: z
      .array(
        z.object({
          date: z.string().describe('Local date'),
          spans: z.array(daySpan).describe('Its hours; none: closed'),
        }),
      )
      .describe('Days with hours of their own; without spans: closed'),
  })
  .describe('A store and its rules')
export type Store = z.infer<typeof store>

export const storeIdInput = z.strictObject({ storeId })
export const storeListInput = pageInput.extend({
  search: z.string().optional().describe('Only stores whose id contains this text'),
  labels: givenLabels,
})
export type StoreListQuery = z.output<typeof storeListInput>

export const health = z
  .object({
    status: z.literal('ok').describe('Always that'),
    version: z.string().describe('Version of the service'),
    database: z
      .object({
        stores: count.describe('Stores that it knows; to keys of groups, those of their groups'),
        polls: count.nullable().describe('Polls that it has; null to keys of groups'),
        latestPollAt: isoInstant.nullable().describe('When the latest poll was; null where there is none'),
      })
      .describe('What the database has'),
  })
  .describe('That the service answers, and what it has')
export type Health = z.infer<typeof health>
