import * as z from 'zod'
import { alertEventKinds, outboxStates } from './alert-kinds.ts'
import { count, isoInstant } from './fields.ts'
import { severities } from './incident-condition.ts'
import { pageInput, pageOf } from './page.ts'

export const alertChannel = z
  .object({
    name: z.string().describe('What the configuration file calls it'),
    type: z
      .string()
      .nullable()
      .describe('What it is, such as `webhook`; null where the configuration file has it no more'),
    routes: z
      .array(z.string())
      .describe('The routes that lead to it; none where it is told everything, or the file has it no more'),
    target: z.string().nullable().describe('Where it leads, without secrets; null likewise'),
    state: z
      .enum(['ok', 'failing', 'disabled'])
      .describe('`disabled` where nothing is tried any more: a test that succeeds ends that'),
    failingSince: isoInstant
      .nullable()
      .describe('Since when nothing could be delivered; null where it could'),
    disabledAt: isoInstant.nullable().describe('Since when nothing is tried; null where it is'),
    lastDeliveredAt: isoInstant.nullable().describe('When something was delivered last; null before'),
    lastError: z.string().nullable().describe('Why the last attempt failed; null where it did not'),
    waiting: count.describe('How many messages are to be delivered'),
    dead: count.describe('How many were given up'),
  })
  .describe('A channel by which is told what happened')
export type AlertChannel = z.infer<typeof alertChannel>

export const alertChannelList = z.object({
  items: z
    .array(alertChannel)
    .describe('In the order of the configuration file; last those that it has no more'),
})

export const outboxMessage = z
  .object({
    messageId: z.string().describe('By which a receiver knows it again: the same at each attempt'),
    channel: z.string().describe('By which channel'),
    incident: z.string().describe('What it is about'),
    sequence: z.int().positive().describe('Which event of that: counted from 1'),
    kind: z.enum(alertEventKinds).describe('What is told'),
    severity: z.enum(severities).describe('How bad it is'),
    summary: z.string().describe('It in words'),
    at: isoInstant.describe('When it happened'),
    state: z
      .enum(outboxStates)
      .describe('`dead` where it was given up, `muted` where it was over when a silence ended'),
    attempts: count.describe('How often it was tried'),
    nextAttemptAt: isoInstant.nullable().describe('When it is tried next; null where it is not'),
    endedAt: isoInstant.nullable().describe('When it was delivered, or given up; null before'),
    answer: z
      .string()
      .nullable()
      .describe('What was answered last, or why there was no answer; null before the first attempt'),
  })
  .describe('What is to be told by a channel, or was')
export type OutboxMessage = z.infer<typeof outboxMessage>

export const outboxPage = pageOf(outboxMessage)
export type OutboxPage = z.infer<typeof outboxPage>

export const outboxFilter = {
  channel: z.string().min(1).optional().describe('Only of this channel'),
  state: z.enum(outboxStates).optional().describe('Only such: `dead` are dead letters'),
}
export const outboxInput = pageInput.extend(outboxFilter)
export type OutboxQuery = z.output<typeof outboxInput>

const channelName = z.string().min(1).describe('The name of the channel')
export const testChannelInput = z.strictObject({ name: channelName })

const messageId = z.string().min(1).describe('The id of the message')
export const replayInput = z.strictObject({ messageId })
