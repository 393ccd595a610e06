import { Hono, type MiddlewareHandler } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { AppError } from '../../shared/app-error.ts'
import { problemOf } from '../../shared/problem.ts'
import { carefulHeaders, dataHeaders } from './answer-headers.ts'
import { answerOrigins } from './allowed-origins.ts'
import type { ApiParts } from './api-parts.ts'
import { countEventStreams } from './count-event-streams.ts'
import { errorAnswer, problemAnswer } from './error-answer.ts'
import { appErrorOf } from './errors.ts'
import { knowCaller, type CallerSetting } from './request-context.ts'
import { serveDocs } from './rest/docs-page.ts'
import { openApiDocument } from './rest/openapi.ts'
import { serveRoute, type RestRoute } from './rest/route.ts'
import { routedPath } from './rest/routed-path.ts'
import { restRoutes } from './rest/routes.ts'
import { serveTrpc } from './serve-trpc.ts'
import { serveWeb } from './web/serve-web.ts'
import { isToldToPerson, signInErrorPage } from './web/sign-in-page.ts'
import type { Observe } from '../observe/happened.ts'
import { limitKeys } from './limit-keys.ts'
import { observeRequests } from './observe-requests.ts'
import { packedAnswers } from './packed-answers.ts'
import { sessionCookie } from './session-cookie.ts'
import { siteRules, type SiteSetting } from './same-site.ts'
import { tellMore } from './tell-more.ts'

export interface HttpSetting extends Omit<SiteSetting, 'publicUrl'>, CallerSetting {
  /** Told of each request. */
  readonly observe?: Observe
  /** Whether callers are answered; otherwise only whoever watches the server is. */
  readonly answersCallers?: boolean
  /** Whether it is told what threads did for it, too. */
  readonly isTraced?: boolean
}

/** The HTTP application: REST routes with their documentation and, under /trpc, the router. */
export function createHttpApp(parts: ApiParts, setting: HttpSetting = {}): Hono {
  const { limits } = parts
  const site = siteRules({ ...setting, publicUrl: parts.publicUrl })
  const app = new Hono({ getPath: routedPath })
  app.use(observeRequests(setting.observe ?? (() => {}), setting.isTraced))
  app.use(packedAnswers, carefulHeaders, dataHeaders)
  app.use(answerOrigins(setting.allowedOrigins ?? []))
  const routes = restRoutes(parts)
  const cookie = sessionCookie(parts.publicUrl, parts.now)
  const callers = { ...parts, cookie, site, publicPaths: publicPathsOf(routes) }
  if (setting.answersCallers === false) app.use(answerOnlyWatchers)
  app.use(site.ownHost, site.ownPages, knowCaller(callers, setting))
  app.use(limitKeys(limits), countEventStreams(limits))
  app.use(
    methodNotAllowed({ app, onMethodNotAllowed: ({ req }, methods) => answerWrongMethod(req, methods) }),
  )

  serveWeb(app)
  for (const route of routes) serveRoute(app, route, { db: parts.db, site, limits })
  let document: object | undefined
  app.get('/openapi.json', (context) => {
    context.set('operation', 'openapi')
    return context.json((document ??= openApiDocument(routes, parts.version)))
  })
  serveDocs(app)

  serveTrpc(app, parts)

  app.notFound(({ req }) =>
    problemAnswer(
      problemOf(new AppError('not-found', `there is nothing at ${req.method} ${new URL(req.url).pathname}`)),
    ),
  )
  app.onError(async (error, context) => {
    const { req } = context
    const appError = await tellMore(appErrorOf(error), parts.db, context.get('principal'))
    if (appError.code === 'internal') parts.onError(error, { requestId: context.get('requestId') })
    return isToldToPerson(context) ? signInErrorPage(context, appError) : errorAnswer(req.path, appError)
  })
  return app
}

const forWatchers = new Set(['/livez', '/readyz', '/health', '/metrics'])

const answerOnlyWatchers: MiddlewareHandler = async ({ req }, next) => {
  if (forWatchers.has(req.path)) return next()
  return errorAnswer(
    req.path,
    new AppError('unavailable', 'this server computes, and answers nobody: ask one with the role web or all'),
  )
}

function publicPathsOf(routes: readonly RestRoute[]): ReadonlySet<string> {
  return new Set(
    routes.flatMap(({ needs, knowsCaller, paths }) => (needs === 'public' && !knowsCaller ? paths : [])),
  )
}

function answerWrongMethod({ method, url }: { method: string; url: string }, methods: string[]): Response {
  const detail = `${new URL(url).pathname} does not take ${method}, but ${methods.join(', ')}`
  const problem = {
    type: 'about:blank',
    title: 'Method Not Allowed',
    status: 405,
    detail,
    error: 'Method not allowed',
  } as const
  return problemAnswer(problem, { allow: methods.join(', ') })
}
