import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { givenAnswer } from './given-answer.ts'

/** Why nothing is known of a store that was to be asked. */
export const noAnswerReasons = [
  'dns',
  'connection',
  'tls',
  'timeout',
  'forbidden',
  'redirects',
  'too-large',
  'encoding',
  'status',
  'no-match',
  'none',
  'failed',
  'backing-off',
  'late',
] as const
export type NoAnswerReason = (typeof noAnswerReasons)[number]

/** What came of a store's turn. */
export type TurnOutcome = 'active' | 'inactive' | NoAnswerReason

const reasonText =
  'dns, connection, tls, timeout: it could not be reached; forbidden: an address of this network; redirects, too-large, encoding: not to be read; status: one that no rule has; no-match: what no rule has; none: as a rule says; failed: it could not be asked; backing-off: not asked, as most had no answer; late: not asked in time'

const noAnswer = z
  .object({
    reason: z.enum(noAnswerReasons).describe(reasonText),
    count: count.describe('How many times'),
    example: z.string().describe('One of them: the store, and what happened'),
  })
  .describe('Why stores had no answer')

export const poller = z
  .object({
    name: z.string().describe('What the configuration file calls it'),
    url: z
      .string()
      .nullable()
      .describe(
        'What is asked of a store, without its secrets; null where the configuration file has it no more',
      ),
    everyMs: count.nullable().describe('How often each store is asked; null likewise'),
    stores: count.nullable().describe('How many stores it asks; null before a server has counted them'),
    isPolling: z.boolean().describe('Whether a server is at it'),
    isTooSlow: z.boolean().describe('Whether its rate is too low to ask all stores that often'),
    lastAnswerAt: isoInstant.nullable().describe('When a store last said what it is; null before'),
    backsOffSince: isoInstant
      .nullable()
      .describe('Since when it asks only a few, as most had no answer; null where it asks all'),
    backsOffUntil: isoInstant.nullable().describe('When it asks a few again; null likewise'),
    active: count.describe('How many answers of the last 24 hours said active'),
    inactive: count.describe('How many said inactive'),
    noAnswers: count.describe('How many times there was no answer, which is no poll'),
    reasons: z.array(noAnswer).describe('Why, the most frequent first'),
  })
  .describe('What is asked of each store by turns')
export type Poller = z.infer<typeof poller>

export const pollerList = z.object({
  items: z.array(poller).describe('In the order of the configuration file; last those that it has no more'),
})

/** Without the name, which is in the path of REST. */
export const tryPollerOptions = z.strictObject({
  storeId: z.string().min(1).max(128).optional().describe('The store that is asked; left out, the first'),
  answer: givenAnswer,
  status: z.int().min(100).max(599).default(200).describe('The status of that'),
})

export const tryPollerInput = tryPollerOptions.extend({
  name: z.string().min(1).describe('The name of the poller'),
})
export type TryPoller = z.output<typeof tryPollerOptions>

export const triedPoller = z
  .object({
    storeId: z.string().describe('The store that was asked'),
    url: z.string().describe('What was asked, without secrets'),
    status: z.int().nullable().describe('The status of the answer; null where there was none'),
    poll: z
      .enum(['active', 'inactive'])
      .nullable()
      .describe('The poll that would be taken; null where none would'),
    reason: z.enum(noAnswerReasons).nullable().describe('Why none would; null where one would'),
    message: z.string().nullable().describe('The same in words'),
  })
  .describe('What would be taken of an answer; nothing is stored')
export type TriedPoller = z.infer<typeof triedPoller>
