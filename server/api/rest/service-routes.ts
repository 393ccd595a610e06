import * as z from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { readiness } from '../../../shared/readiness.ts'
import { health } from '../../../shared/store.ts'
import type { ApiParts } from '../api-parts.ts'
import { readHealth } from '../health.ts'
import { frontPage } from './front-page.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { malformedCheck } from './error-responses.ts'
import { checkQuery, dataCheckBody } from './insight-schemas.ts'
import { service } from './schemas.ts'

const healthBody = health.meta({ id: 'Health' })
const readinessBody = readiness.meta({ id: 'Readiness' })
const alive = z
  .object({ status: z.literal('ok').describe('Always that') })
  .meta({ id: 'Alive', description: 'That the process answers' })

/** The operations on the service itself. */
export function serviceRoutes(parts: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'describeService',
      needs: 'public',
      method: 'get',
      paths: ['/'],
      tag: 'Service',
      summary: 'What this is and where to go on: a page for a browser, JSON for a program',
      responses: {
        200: { description: 'The service', content: { 'application/json': service, 'text/html': null } },
      },
      handle: (_, context) => frontPage(context, parts),
    }),
    defineRoute({
      id: 'readHealth',
      needs: 'data:read',
      keepsBy: ['itself'],
      method: 'get',
      paths: ['/health'],
      tag: 'Service',
      summary: 'That the service can answer from its database, and what it has',
      responses: {
        200: { description: 'It can', content: { 'application/json': healthBody } },
      },
      async handle(_, context) {
        context.header('cache-control', 'no-store')
        return context.json(await readHealth(parts, context.get('principal')))
      },
    }),
    defineRoute({
      id: 'isReady',
      needs: 'public',
      method: 'get',
      paths: ['/readyz'],
      tag: 'Service',
      summary: 'Whether the server can do its work, and where it cannot, why',
      responses: {
        200: { description: 'It can', content: { 'application/json': readinessBody } },
        503: {
          description: 'It cannot; `checks` says why',
          content: { 'application/json': readinessBody },
        },
      },
      async handle(_, context) {
        const ready = await parts.readiness()
        return context.json(ready, ready.status === 'ok' ? 200 : 503, { 'cache-control': 'no-store' })
      },
    }),
    defineRoute({
      id: 'readMetrics',
      needs: 'data:read',
      method: 'get',
      paths: ['/metrics'],
      tag: 'Service',
      summary: 'What was counted since the server started, and how it is now, as Prometheus reads it',
      responses: { 200: { description: 'The metrics', content: { 'text/plain': null } } },
      async handle(_, context) {
        const text = await parts.metrics()
        if (text === undefined) throw new AppError('not-found', 'there are no metrics here: ask a server')
        context.header('cache-control', 'no-store')
        return context.body(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      },
    }),
    defineRoute({
      id: 'checkData',
      needs: 'data:read',
      method: 'get',
      paths: ['/check'],
      tag: 'Service',
      summary:
        'Which figures to doubt, and what to do: stores judged by defaults, not polled, or polled in vain',
      query: checkQuery,
      responses: {
        200: { description: 'What was found', content: { 'application/json': dataCheckBody } },
        400: malformedCheck,
      },
      async handle({ query }, context) {
        const { checkData } = await import('../../insight/check.ts')
        return context.json(await checkData(parts.db, query))
      },
    }),
    defineRoute({
      id: 'isAlive',
      needs: 'public',
      method: 'get',
      paths: ['/livez'],
      tag: 'Service',
      summary: 'That the process answers',
      responses: { 200: { description: 'It does', content: { 'application/json': alive } } },
      handle: (_, context) => context.json({ status: 'ok' }),
    }),
  ]
}
