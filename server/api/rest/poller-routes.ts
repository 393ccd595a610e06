import * as z from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { poller, pollerList, triedPoller, tryPollerOptions } from '../../../shared/poller.ts'
import { noSuch } from '../../named-settings.ts'
import type { ApiParts } from '../api-parts.ts'
import { tooLarge } from './error-responses.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })
const path = z.object({
  name: z
    .string()
    .min(1)
    .describe('The name of the poller')
    .meta({ examples: ['platform'] }),
})

const listBody = pollerList
  .extend({
    items: z
      .array(poller.meta({ id: 'Poller' }))
      .describe('In the order of the configuration file; last those that it has no more'),
  })
  .meta({ id: 'PollerList', description: 'What asks stores by turns' })
const triedBody = triedPoller.meta({
  id: 'TriedPoller',
  description: 'What would be taken of an answer; nothing is stored',
})

const unknownPoller: RestResponse = {
  description: 'There is no such poller; `detail` says which there are',
  example: noSuch('poller', 'platform', ['websites']),
}
const malformedTry: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: new AppError('invalid', 'status: Too big: expected number to be <=599'),
}
const noStore: RestResponse = {
  description: 'There is no store to ask',
  example: new AppError('conflict', 'there is no store to ask: import stores, or name one'),
}

/** The operations on what asks stores by turns. */
export function pollerRoutes(parts: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listPollers',
      needs: 'sources:read',
      method: 'get',
      paths: ['/pollers'],
      tag: 'Sources',
      summary: 'What asks stores by turns, and what came of that in the last 24 hours',
      description:
        'No answer is no poll: it is counted, with the reasons. The polls are those of the source `poller:NAME` in `GET /polls/pushed`.',
      responses: { 200: { description: 'The pollers', content: json(listBody) } },
      handle: async (_, context) => context.json({ items: await (await parts.pollers()).list() }),
    }),
    defineRoute({
      id: 'tryPoller',
      needs: 'sources:run',
      method: 'post',
      paths: ['/pollers/{name}/try'],
      tag: 'Sources',
      summary: "What would be taken of a store's answer, or of one that is given; nothing is stored",
      path,
      body: tryPollerOptions.prefault({}),
      responses: {
        200: { description: 'What would be taken', content: json(triedBody) },
        400: malformedTry,
        404: unknownPoller,
        409: noStore,
        413: tooLarge,
      },
      handle: async ({ path: { name }, body }, context) =>
        context.json(await (await parts.pollers()).try(name, body)),
    }),
  ]
}
