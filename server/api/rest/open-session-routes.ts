import * as z from 'zod'
import { openSession, revokeSessionInput, sessionId, sessionPage } from '../../../shared/open-session.ts'
import { AppError } from '../../../shared/app-error.ts'
import { noSuchSession } from '../../database/open-sessions.ts'
import type { ApiParts } from '../api-parts.ts'
import { endOpenSession, openSessions } from '../open-sessions.ts'
import { malformedPage } from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { pageQuery } from './schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

const sessionBody = openSession.meta({ id: 'OpenSession' })
const listBody = sessionPage
  .extend({ items: z.array(sessionBody).describe('What the page has') })
  .meta({ id: 'OpenSessionList', description: 'Sessions, newest first' })

const sessionIdForm = 'a session has a number, such as 7'
const path = z.object({
  session_id: z.coerce
    .number(sessionIdForm)
    .int(sessionIdForm)
    .positive(sessionIdForm)
    .pipe(sessionId)
    .meta({ description: sessionId.description!, examples: [7] }),
})
const revocationQuery = z.object({
  by: revokeSessionInput.shape.by,
  reason: revokeSessionInput.shape.reason,
})

/** The operations on the sessions of all who signed in. */
export function openSessionRoutes(parts: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listSessions',
      needs: 'keys:manage',
      method: 'get',
      paths: ['/sessions'],
      tag: 'Service',
      summary: 'Sessions of those who signed in, which have not ended, newest first, a page at a time',
      query: pageQuery,
      responses: { 200: { description: 'A page of sessions', content: json(listBody) }, 400: malformedPage },
      handle: async ({ query }, context) => context.json(await openSessions(parts, query)),
    }),
    defineRoute({
      id: 'revokeSession',
      needs: 'keys:manage',
      method: 'delete',
      paths: ['/sessions/{session_id}'],
      tag: 'Service',
      summary: 'End the session of one who signed in',
      description: 'It is taken no more, by no server on the database, within a second.',
      path,
      query: revocationQuery,
      responses: {
        200: { description: 'The session, which has ended', content: json(sessionBody) },
        400: {
          description: 'The request is malformed; `detail` says what is wrong',
          example: new AppError('invalid', `session_id: ${sessionIdForm}`),
        },
        404: { description: 'There is no such session, or it has ended', example: noSuchSession(7) },
      },
      handle: async ({ path: { session_id: sessionId }, query }, context) =>
        context.json(await endOpenSession(parts, context.get('principal'), { sessionId, ...query })),
    }),
  ]
}
