import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono } from 'hono'
import { AppError } from '../../shared/app-error.ts'
import type { ApiParts } from './api-parts.ts'
import { appErrorOf, problemOf } from './errors.ts'
import { serveRoute } from './rest-route.ts'
import { restRoutes } from './rest-routes.ts'
import { appRouter } from './router.ts'

/** The HTTP application: REST routes and, under /trpc, the router. */
export function createHttpApp(parts: ApiParts): Hono {
  const app = new Hono()
  for (const route of restRoutes(parts)) serveRoute(app, route)

  app.all('/trpc/*', (context) =>
    fetchRequestHandler({
      endpoint: '/trpc',
      req: context.req.raw,
      router: appRouter,
      createContext: () => parts,
      onError: ({ error }) => {
        if (error.code === 'INTERNAL_SERVER_ERROR') parts.onError(error.cause ?? error)
      },
    }),
  )

  app.notFound(({ req }) =>
    answerError(new AppError('not-found', `there is nothing at ${req.method} ${req.path}`)),
  )

  app.onError((error) => {
    const appError = appErrorOf(error)
    if (appError.code === 'internal') parts.onError(error)
    return answerError(appError)
  })
  return app
}

function answerError(error: AppError): Response {
  const problem = problemOf(error)
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
  })
}
