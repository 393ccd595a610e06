import * as z from 'zod'
import {
  alertChannel,
  alertChannelList,
  outboxFilter,
  outboxMessage,
  outboxPage,
} from '../../../shared/alert.ts'
import { AppError } from '../../../shared/app-error.ts'
import { listOutbox } from '../../database/outbox.ts'
import { noSuch } from '../../named-settings.ts'
import type { ApiParts } from '../api-parts.ts'
import { malformedPage } from './error-responses.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { pageQuery } from './schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

const channelsBody = alertChannelList
  .extend({
    items: z
      .array(alertChannel.meta({ id: 'AlertChannel' }))
      .describe('In the order of the configuration file; last those that it has no more'),
  })
  .meta({ id: 'AlertChannelList', description: 'By what is told what happened' })
/** A message of the outbox. */
export const messageBody = outboxMessage.meta({ id: 'OutboxMessage' })
const outboxBody = outboxPage
  .extend({ items: z.array(messageBody).describe('What the page has') })
  .meta({ id: 'OutboxMessageList', description: 'What is to be told, or was, newest first' })

const channelPath = z.object({
  name: z
    .string()
    .min(1)
    .describe('The name of the channel')
    .meta({ examples: ['on-call'] }),
})
const messagePath = z.object({
  message_id: z
    .string()
    .min(1)
    .describe('The id of the message')
    .meta({ examples: ['msg_0f3c5d1e2b4a69788796a5b4c3d2e1f0'] }),
})
const outboxQuery = pageQuery.extend(outboxFilter)

const unknownChannel: RestResponse = {
  description: 'There is no such channel; `detail` says which there are',
  example: noSuch('channel', 'on-call', ['log']),
}
const unknownMessage: RestResponse = {
  description: 'There is no such message',
  example: new AppError('not-found', 'there is no message "msg_1": "store-monitor alerts outbox" lists them'),
}
const isNoDeadLetter: RestResponse = {
  description: 'It is no dead letter',
  example: new AppError('conflict', 'message "msg_1" is no dead letter: it was delivered'),
}

/** The operations on what is told to people and programs elsewhere. */
export function alertRoutes(parts: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listAlertChannels',
      needs: 'alerts:read',
      method: 'get',
      paths: ['/alerts/channels'],
      tag: 'Alerts',
      summary: 'By what is told what happened, and how it has been',
      responses: { 200: { description: 'The channels', content: json(channelsBody) } },
      handle: async (_, context) => context.json({ items: await (await parts.alerts()).channels() }),
    }),
    defineRoute({
      id: 'testAlertChannel',
      needs: 'alerts:run',
      method: 'post',
      paths: ['/alerts/channels/{name}/test'],
      tag: 'Alerts',
      summary: 'Send a message that is marked as a test, as any other is sent',
      description:
        'The answer comes when that has been tried, and says what came of it. A channel that is disabled is used again where it arrives.',
      path: channelPath,
      responses: {
        200: { description: 'The message, and what was answered', content: json(messageBody) },
        404: unknownChannel,
      },
      handle: async ({ path: { name } }, context) => context.json(await (await parts.alerts()).test(name)),
    }),
    defineRoute({
      id: 'listOutbox',
      needs: 'alerts:read',
      method: 'get',
      paths: ['/alerts/outbox'],
      tag: 'Alerts',
      summary: 'What is to be told, or was, newest first, a page at a time; `state=dead` are dead letters',
      query: outboxQuery,
      responses: {
        200: { description: 'A page of messages', content: json(outboxBody) },
        400: malformedPage,
      },
      handle: async ({ query }, context) => context.json(await listOutbox(parts.db, query)),
    }),
    defineRoute({
      id: 'replayMessage',
      needs: 'alerts:run',
      method: 'post',
      paths: ['/alerts/outbox/{message_id}/replay'],
      tag: 'Alerts',
      summary: 'Have a dead letter sent again, with the same id, and those that were given up with it',
      path: messagePath,
      responses: {
        200: { description: 'The message, which is to be delivered again', content: json(messageBody) },
        404: unknownMessage,
        409: isNoDeadLetter,
      },
      handle: async ({ path }, context) => context.json(await (await parts.alerts()).replay(path.message_id)),
    }),
  ]
}
