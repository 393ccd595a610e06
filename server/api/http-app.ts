import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { COMPRESSIBLE_CONTENT_TYPE_REGEX, compress } from 'hono/compress'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { secureHeaders } from 'hono/secure-headers'
import { AppError, type AppErrorCode } from '../../shared/app-error.ts'
import { problemMediaType, problemOf, type Problem } from '../../shared/problem.ts'
import { mediaTypes } from '../../shared/report-file.ts'
import type { ApiParts } from './api-parts.ts'
import { maxCallsInBatch, refuseLongBatch, refuseManyRows } from './batch-limits.ts'
import { limitBodySilence } from './body-silence.ts'
import { appErrorOf, trpcAnswer } from './errors.ts'
import { serveDocs } from './rest/docs-page.ts'
import { openApiDocument } from './rest/openapi.ts'
import { bodyTooLarge, maxBodyBytes, serveRoute } from './rest/route.ts'
import { routedPath } from './rest/routed-path.ts'
import { restRoutes } from './rest/routes.ts'
import { callsOf } from './router.ts'
import { serveWeb } from './web/serve-web.ts'
import type { Observe } from '../observe/happened.ts'
import { observeRequests } from './observe-requests.ts'
import { procedureName } from './procedure-name.ts'
import { siteRules, type SiteSetting } from './same-site.ts'
import { tellMore } from './tell-more.ts'

export interface HttpSetting extends Omit<SiteSetting, 'publicUrl'> {
  /** How long the body of a request may say nothing. */
  readonly bodySilenceMs?: number
  /** Told of each request. */
  readonly observe?: Observe
}

const headersOf: Readonly<Partial<Record<AppErrorCode, Record<string, string>>>> = {
  'timed-out': { connection: 'close' },
  // Seconds: neither another writer nor a full disk is gone at once.
  unavailable: { 'retry-after': '5' },
  busy: { 'retry-after': '1' },
}

/** The HTTP application: REST routes with their documentation and, under /trpc, the router. */
export function createHttpApp(parts: ApiParts, setting: HttpSetting = {}): Hono {
  const site = siteRules({ ...setting, publicUrl: parts.publicUrl })
  const app = new Hono({ getPath: routedPath })
  app.use(observeRequests(setting.observe ?? (() => {})))
  app.use(compress({ contentTypeFilter: isCompressible }))
  app.use(
    secureHeaders({
      strictTransportSecurity: false, // for the proxy that speaks TLS to say
      crossOriginResourcePolicy: 'cross-origin', // a page elsewhere may show a report
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
    }),
  )
  app.use(site.ownHost, site.ownPages, limitBodySilence(setting.bodySilenceMs))
  app.use(
    methodNotAllowed({ app, onMethodNotAllowed: ({ req }, methods) => answerWrongMethod(req, methods) }),
  )

  serveWeb(app)
  const routes = restRoutes(parts)
  for (const route of routes) serveRoute(app, route, site)
  let document: object | undefined
  app.get('/openapi.json', (context) => {
    context.set('operation', 'openapi')
    return context.json((document ??= openApiDocument(routes, parts.version)))
  })
  serveDocs(app)

  app.use('/trpc/*', refuseLongBatch)
  app.use('/trpc/*', bodyLimit({ maxSize: maxBodyBytes, onError: () => trpcAnswer(bodyTooLarge()) }))
  const calls = callsOf(parts)
  app.all('/trpc/*', (context) => {
    return fetchRequestHandler({
      endpoint: '/trpc',
      req: context.req.raw,
      ...calls,
      maxBatchSize: maxCallsInBatch,
      async createContext({ info }) {
        context.set('operation', procedureName(info))
        await refuseManyRows(info)
        return calls.createContext()
      },
      onError: (failed) => calls.onError(failed, context.get('requestId')),
    })
  })

  app.notFound(({ req }) =>
    answer(
      problemOf(new AppError('not-found', `there is nothing at ${req.method} ${new URL(req.url).pathname}`)),
    ),
  )
  app.onError(async (error, context) => {
    const { req } = context
    const appError = await tellMore(appErrorOf(error), parts.db)
    if (appError.code === 'internal') parts.onError(error, { requestId: context.get('requestId') })
    if (req.path.startsWith('/trpc/')) return trpcAnswer(appError)
    return answer(problemOf(appError), headersOf[appError.code])
  })
  return app
}

function isCompressible(contentType: string): boolean {
  return COMPRESSIBLE_CONTENT_TYPE_REGEX.test(contentType) || contentType.startsWith(mediaTypes.ndjson)
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
  return answer(problem, { allow: methods.join(', ') })
}

function answer(problem: Problem, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': problemMediaType, ...headers },
  })
}
