/** The page that people use: files that `build/web.ts` made. Its addresses are its own only where a browser asks for a page. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Context, Hono } from 'hono'
import { AppError } from '../../../shared/app-error.ts'
import { isPagePath, wantsPage } from './page-request.ts'

const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

const mediaTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const encodings = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
] as const

/** Answers a browser at the page's addresses, which programs share with it, and serves what the page is made of. */
export function serveWeb(app: Hono, folder = webFolder()): void {
  app.use(async (context, next) => {
    const { method, path } = context.req
    if (!isPagePath(path) || (method !== 'GET' && method !== 'HEAD')) return next()
    if (wantsPage(context.req.header('accept'))) {
      context.set('operation', 'page')
      return answerPage(context, folder)
    }
    await next()
    context.res.headers.append('vary', 'accept')
  })
  app.get('/assets/:name', (context) => {
    context.set('operation', 'asset')
    return answerAsset(context, join(folder, 'assets'), context.req.param('name'))
  })
}

async function answerPage(context: Context, folder: string): Promise<Response> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined)
  if (page === undefined) {
    throw new AppError(
      'not-found',
      'the page is not built: run "npm run build:web" in the clone; the API is at /docs',
    )
  }
  context.header('vary', 'accept')
  context.header('cache-control', 'no-cache')
  context.header('content-security-policy', contentSecurityPolicy)
  return context.html(page)
}

/** A file whose name changes with what is in it. */
async function answerAsset(context: Context, folder: string, name: string): Promise<Response> {
  const type = mediaTypes[extname(name)]
  const isName = /^[\w.-]+$/.test(name) && type !== undefined
  if (!isName) return context.notFound()
  const accepted = context.req.header('accept-encoding') ?? ''
  const encoding = encodings.find(({ name }) => new RegExp(`\\b${name}\\b(?!;q=0)`).test(accepted))
  const bytes = await readFile(join(folder, name + (encoding?.extension ?? ''))).catch(() => undefined)
  if (bytes === undefined) return context.notFound()
  return context.body(bytes, 200, {
    'content-type': type,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    ...(encoding === undefined ? {} : { 'content-encoding': encoding.name }),
  })
}

/** Beside this file in the built package; in a clone, where it is built to. */
function webFolder(): string {
  const built = join(import.meta.dirname, 'web')
  return existsSync(built) ? built : join(import.meta.dirname, '../../../dist/web')
}
