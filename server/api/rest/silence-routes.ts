import * as z from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { endSilenceInput, newSilence, silence, silencePage } from '../../../shared/silence.ts'
import { listSilences } from '../../database/silences.ts'
import type { ApiParts } from '../api-parts.ts'
import { createSilence, endSilence } from '../silences.ts'
import { malformedPage, tooLarge } from './error-responses.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { pageQuery } from './schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

const silenceBody = silence.meta({ id: 'Silence' })
const listBody = silencePage
  .extend({ items: z.array(silenceBody).describe('What the page has') })
  .meta({ id: 'SilenceList', description: 'Silences, newest first' })
const newBody = newSilence.meta({
  id: 'NewSilence',
  description: 'A silence that is to be made',
  examples: [{ labels: ['city=Bonn'], to: '2099-10-05T18:00:00Z', reason: 'the power is out' }],
})
const path = z.object({
  silence_id: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'write the number of a silence')
    .transform(Number)
    .describe('Number of a silence')
    .meta({ examples: ['1'] }),
})
const endQuery = z.object({ by: endSilenceInput.shape.by })

const malformed: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: new AppError('invalid', 'reason: it is empty: say why'),
}

/** The operations on silences. */
export function silenceRoutes(parts: ApiParts): RestRoute[] {
  const { db, now } = parts
  return [
    defineRoute({
      id: 'listSilences',
      needs: 'alerts:read',
      method: 'get',
      paths: ['/alerts/silences'],
      tag: 'Alerts',
      summary: 'Times in which some of what happens is not told, newest first, a page at a time',
      query: pageQuery,
      responses: { 200: { description: 'A page of silences', content: json(listBody) }, 400: malformedPage },
      handle: async ({ query }, context) => context.json(await listSilences(db, query, now())),
    }),
    defineRoute({
      id: 'createSilence',
      needs: 'alerts:run',
      method: 'post',
      paths: ['/alerts/silences'],
      tag: 'Alerts',
      summary: 'Hold back some of what happens',
      description: 'What is still so at its end is told then; what began and ended meanwhile is never told.',
      body: newBody,
      responses: {
        200: { description: 'The silence', content: json(silenceBody) },
        400: malformed,
        413: tooLarge,
      },
      handle: async ({ body }, context) =>
        context.json(await createSilence(parts, context.get('principal'), body)),
    }),
    defineRoute({
      id: 'endSilence',
      needs: 'alerts:run',
      method: 'delete',
      paths: ['/alerts/silences/{silence_id}'],
      tag: 'Alerts',
      summary: 'End a silence early; its record stays',
      path,
      query: endQuery,
      responses: {
        200: { description: 'The silence, ended', content: json(silenceBody) },
        400: malformed,
        404: {
          description: 'There is no such silence',
          example: new AppError(
            'not-found',
            'there is no silence 1: "store-monitor alerts silences" lists them',
          ),
        },
        409: {
          description: 'It is over',
          example: new AppError('conflict', 'silence 1 is over: it cannot be ended any more'),
        },
      },
      handle: async ({ path: { silence_id: silenceId }, query }, context) =>
        context.json(await endSilence(parts, context.get('principal'), { silenceId, ...query })),
    }),
  ]
}
