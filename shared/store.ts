import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
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

export const store = z
  .object({
    storeId,
    timezone: z
      .string()
      .nullable()
      .describe(`IANA zone; null where no file gives one: ${defaultTimezone} holds then`),
    businessHours: z.array(weeklySpan).nullable().describe('null where no file gives any: open 24×7 then'),
  })
  .describe('A store and its rules')
export type Store = z.infer<typeof store>

export const storeIdInput = z.strictObject({ storeId })
export const storeListInput = pageInput.extend({
  search: z.string().optional().describe('Only stores whose id contains this text'),
})
export type StoreListQuery = z.output<typeof storeListInput>

export const health = z
  .object({
    status: z.literal('ok').describe('Always that'),
    version: z.string().describe('Version of the service'),
    database: z
      .object({
        stores: count.describe('Stores that it knows'),
        polls: count.describe('Polls that it has'),
        latestPollAt: isoInstant.nullable().describe('When the latest poll was; null where there is none'),
      })
      .describe('What the database has'),
  })
  .describe('That the service answers, and what it has')
export type Health = z.infer<typeof health>
