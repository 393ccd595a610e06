import { retentionInput, retentionRun } from '../../../shared/retention.ts'
import { keptForEver } from '../../retention/retainer.ts'
import type { ApiParts } from '../api-parts.ts'
import { malformedRetention, tooLarge } from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'

const body = retentionInput.prefault({})
const answer = retentionRun.meta({ id: 'RetentionRun' })

/** The operation that deletes what is old. */
export function retentionRoutes({ retention }: Pick<ApiParts, 'retention'>): RestRoute[] {
  return [
    defineRoute({
      id: 'runRetention',
      needs: 'data:delete',
      method: 'post',
      paths: ['/retention/run'],
      tag: 'Service',
      summary: 'Delete now what is older than the settings keep it, or tell how much that is',
      description:
        'A server does so by itself every ten minutes. It goes in small steps, each of which is recorded as a change; the answer comes when all is done.',
      body,
      responses: {
        200: { description: 'What went, or would go', content: { 'application/json': answer } },
        400: malformedRetention,
        409: { description: 'Everything is kept for ever', example: keptForEver() },
        413: tooLarge,
      },
      handle: async ({ body }, context) => context.json(await retention.run(body)),
    }),
  ]
}
