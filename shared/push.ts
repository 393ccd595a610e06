import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { pageOf } from './page.ts'
import { maxRejectionsTold } from './push-result.ts'

/** How many polls a call of tRPC may bring. */
const maxPollsInCall = 10_000

export const requestKey = z
  .string()
  .regex(/^[\x21-\x7E]{1,200}$/, 'a key is 1 to 200 printable characters without spaces')
  .describe(
    'A push that is sent again with the same key is answered as the first time; with other polls it is refused. Kept for a day',
  )

const pushedPoll = z
  .strictObject({
    storeId: z.string().describe('Whose it is'),
    status: z.string().describe('What the store was: active or inactive'),
    timestampUtc: z
      .string()
      .describe('When: an instant such as 2026-10-05T09:00:00.000Z; without a zone it is UTC'),
  })
  .describe('One observation of a store')

export const ingestInput = z.strictObject({
  polls: z
    .array(pushedPoll)
    .min(1)
    .max(maxPollsInCall, `at most ${maxPollsInCall} polls in a call: send more in several`)
    .describe('The polls, of any stores, in any order'),
  key: requestKey.optional(),
})

export const pushRejection = z
  .object({
    row: z
      .int()
      .positive()
      .describe('Which one: the line of the body, or the place in its array, counted from 1'),
    reason: z.string().describe('The rule that it breaks'),
  })
  .describe('A poll that was not taken, and why')
export type PushRejection = z.infer<typeof pushRejection>

export const pushResult = z
  .object({
    accepted: count.describe('Polls that keep every rule; they are safe on disk'),
    changed: count.describe('Accepted polls that were new or said something else than what is stored'),
    repeated: count.describe('Accepted polls that said what was known, or that a later one overrides'),
    rejected: count.describe('Polls that break a rule'),
    rejections: z.array(pushRejection).describe(`The first ${maxRejectionsTold} of them`),
    firstPollAt: isoInstant.nullable().describe('The first poll that changed something; null where none did'),
    lastPollAt: isoInstant.nullable().describe('The last poll that changed something; null where none did'),
  })
  .describe('What became of pushed polls')
export type PushResult = z.infer<typeof pushResult>

export const pushedHour = z
  .object({
    hour: isoInstant.describe('When the hour began'),
    source: z.string().describe('Who sent them'),
    pushes: count.describe('How many pushes were written; a long one counts for each group of its lines'),
    accepted: count.describe('Polls in them that keep every rule'),
    changed: count.describe('Polls of those that were new or said something else'),
    rejected: count.describe('Polls in them that break a rule'),
  })
  .describe('What a source pushed in an hour')
export type PushedHour = z.infer<typeof pushedHour>

export const pushedHourPage = pageOf(pushedHour)
