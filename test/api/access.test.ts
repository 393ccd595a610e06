/** Who may what: of every route, procedure and file that there is. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { loadProcedures } from '../../build/procedures.ts'
import { permissionsOf, type Needs } from '../../server/access/permissions.ts'
import type { ApiParts } from '../../server/api/api-parts.ts'
import { createHttpApp } from '../../server/api/http-app.ts'
import { dialectBases } from '../../server/api/rest/routed-path.ts'
import { defineRoute } from '../../server/api/rest/route.ts'
import { restRoutes } from '../../server/api/rest/routes.ts'
import { usualLimits } from '../../server/limits/setting.ts'
import { roles } from '../../shared/role.ts'
import { providerPath, providerReturnPath } from '../../shared/way-in.ts'
import { bearing, keysOfRoles } from '../support/access-keys.ts'
import { runningServer, type TestServer } from '../support/running-server.ts'

const nothingIsCalled = { getReportAs: 'json', limits: usualLimits } as ApiParts
const routes = restRoutes(nothingIsCalled)

let server: TestServer
let keys: Awaited<ReturnType<typeof keysOfRoles>>
beforeAll(async () => {
  server = await runningServer()
  await server.upload('store_id,status,timestamp_utc\nhidden,active,2023-01-24 10:00:00 UTC\n')
  keys = await keysOfRoles(server.databaseUrl)
  const isAsked = async () => expect(await statusOf('GET', '/stores')).toBe(401)
  await vi.waitFor(isAsked, { timeout: 10_000 })
})
afterAll(() => server[Symbol.asyncDispose]())

async function statusOf(method: string, path: string): Promise<number> {
  return (await fetch(server.url + path, { method })).status
}

/** Where a route is served, with something that could be meant. */
function placesOf({ paths }: { readonly paths: readonly string[] }): string[] {
  const ids: Readonly<Record<string, string>> = {
    report_id: '00000000-0000-4000-8000-000000000000',
    import_id: '1',
    correction_id: '1',
  }
  const filled = paths.map((path) =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'hidden'),
  )
  const ofDialects = filled
    .filter((path) => /^\/(?:trigger|get|download)_report/.test(path))
    .flatMap((path) => dialectBases.map((base) => base + path))
  return [...filled, ...ofDialects]
}

interface Answer {
  readonly status: number
  readonly challenge: string | null
  readonly text: string
}

async function ask(method: string, path: string, token: string | undefined): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : bearing(token)) }
  const stop = new AbortController()
  const response = await fetch(server.url + path, { method, headers, signal: stop.signal })
  const isEndless = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  const text = isEndless ? '' : await response.text()
  if (isEndless) stop.abort()
  return { status: response.status, challenge: response.headers.get('www-authenticate'), text }
}

/** Of what is for everybody, and not there: nobody signs in at a provider here. */
const ofNothing: Readonly<Record<string, number>> = { [providerPath]: 404, [providerReturnPath]: 404 }

/** Of those who may not, what they are answered other than that; and whether the others are answered. */
async function violations(method: string, path: string, needs: Needs): Promise<unknown[]> {
  const wrong: unknown[] = []
  if (needs === 'public') {
    const { status, text } = await ask(method, path, undefined)
    // Of what is to have a body, that is looked at.
    const isRight =
      status === (ofNothing[path] ?? (method === 'POST' ? 400 : method === 'DELETE' ? 204 : 200))
    return isRight && !text.includes('hidden') ? [] : [status, text]
  }
  for (const token of [undefined, `smk_000000000000_${'x'.repeat(43)}`, 'rubbish']) {
    const { status, challenge, text } = await ask(method, path, token)
    if (status !== 401 || challenge?.startsWith('Bearer') !== true || text.includes('hidden'))
      wrong.push([token, status, text])
  }
  for (const role of roles) {
    const { status, text } = await ask(method, path, keys[role])
    const may = permissionsOf(role).has(needs)
    const isRight = may
      ? status !== 401 && status !== 403
      : status === 403 && (method === 'HEAD' || text.includes(`the permission ${needs}, which the role `))
    if (!isRight || (!may && text.includes('hidden'))) wrong.push([role, status, text])
  }
  return wrong
}

const everything = routes.flatMap((route) => placesOf(route).map((path) => ({ ...route, path })))

describe('a route is answered to those who may', () => {
  test.for(everything.map((one) => [`${one.method.toUpperCase()} ${one.path}: ${one.needs}`, one] as const))(
    '%s',
    async ([, { method, path, needs }]) => {
      const methods = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]
      for (const one of methods) expect(await violations(one, path, needs)).toEqual([])
    },
  )
})

describe('a procedure is answered to those who may', () => {
  test('all of them say what they need', async () => {
    const procedures = await loadProcedures()
    expect(Object.keys(procedures).length).toBeGreaterThan(40)
    for (const [path, procedure] of Object.entries(procedures)) {
      const { needs } = procedure['_def'].meta as { readonly needs: Needs }
      expect.soft(needs === 'public', path).toBe(path === 'session.read')
      const method = procedure['_def'].type === 'mutation' ? 'POST' : 'GET'
      expect.soft(await violations(method, `/trpc/${path}`, needs), path).toEqual([])
    }
  }, 60_000)

  test('each for itself in a batch', async () => {
    const { status, text } = await ask('GET', '/trpc/store.list,key.list?batch=1', keys.viewer)
    expect(status).toBe(207)
    expect(JSON.parse(text)).toMatchObject([
      { result: { data: { items: [{ storeId: 'hidden' }] } } },
      { error: { data: { httpStatus: 403, appErrorCode: 'forbidden' } } },
    ])
  })
})

test('what else is served is for everybody, and has no data', async () => {
  const app = createHttpApp(nothingIsCalled)
  const known = new Set(routes.flatMap(({ paths }) => paths.map(honoPath)))
  const others = app.routes.filter(({ method, path }) => method !== 'ALL' && !known.has(path))
  expect([...new Set(others.map(({ path }) => path))].sort()).toEqual([
    '/api/docs',
    '/assets/:name',
    '/docs',
    '/docs/page.css',
    '/docs/page.js',
    '/docs/swagger-ui-bundle.js',
    '/docs/swagger-ui.css',
    '/openapi.json',
  ])
  for (const path of ['/docs', '/api/docs', '/docs/page.js', '/openapi.json']) {
    expect(await ask('GET', path, undefined)).toMatchObject({ status: 200 })
  }
  const page = await fetch(`${server.url}/stores/hidden`, { headers: { accept: 'text/html' } })
  expect(page.status).toBe(200)
  expect(await page.text()).not.toContain('hidden')
})

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}(\.\w+)?(?=\/|$)/g, (_, name: string, extension?: string) =>
    extension === undefined ? `:${name}` : `:${name}{.+\\${extension}}`,
  )
}

test('a route that does not say what it needs is no route', () => {
  const route = {
    id: 'a',
    method: 'get',
    paths: ['/a'],
    tag: 'Service',
    summary: 'A',
    responses: {},
  } as const
  const handle = () => new Response()
  // @ts-expect-error: it has no `needs`
  const lacking = defineRoute({ ...route, handle })
  expect(lacking.needs).toBeUndefined()
  expect(defineRoute({ ...route, needs: 'public', handle }).needs).toBe('public')
})
