import type { Context, Hono } from 'hono'
import * as z from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { keptToGroups, requireKeepsBy, type KeepsBy } from '../../access/keep-to-groups.ts'
import type { Needs } from '../../access/permissions.ts'
import { requirePermission } from '../../access/principal.ts'
import { refuseLargeJson } from '../../limits/json-limits.ts'
import { overLimit } from '../../limits/over-limit.ts'
import { usualLimits, type Limits } from '../../limits/setting.ts'
import type { Db } from '../../database/connect.ts'
import { bodyOf } from '../body-silence.ts'
import type { SiteRules } from '../same-site.ts'

/** The tag of what is for clients of other systems. */
export const olderPaths = 'Older paths'

type Fields = z.ZodObject | z.ZodPipe<z.ZodObject>

/** What an operation answers with a status. */
export interface RestResponse {
  readonly description: string
  /** A schema for JSON, or null for other text, by media type; none where there is no body. */
  readonly content?: Readonly<Record<string, z.ZodType | null>>
  readonly headers?: Readonly<Record<string, string>>
  /** Of a status that tells of an error: such an error. */
  readonly example?: AppError
}

/** A REST operation: where it is, what it takes, what it answers. Documentation and validation are made from it. */
export interface RestRoute<
  Path extends z.ZodObject = z.ZodObject,
  Query extends Fields = Fields,
  Headers extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
> {
  readonly id: string
  /** What its callers need: a permission, or nothing. */
  readonly needs: Needs
  /** How keys of groups are kept to them; undefined where these may not call it. */
  readonly keepsBy?: readonly KeepsBy[]
  /** Of what is public: that it looks who asks all the same. */
  readonly knowsCaller?: boolean
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** Of a GET: that it changes something all the same. */
  readonly changesByGet?: boolean
  /** Every path it is served at, as OpenAPI writes them; the first is the one to use, the others are for older clients. */
  readonly paths: readonly [string, ...string[]]
  readonly tag:
    | 'Reports'
    | 'Stores'
    | 'Corrections'
    | 'Changes'
    | 'Imports'
    | 'Polls'
    | 'Sources'
    | 'Alerts'
    | 'Service'
    | typeof olderPaths
  readonly summary: string
  readonly description?: string
  readonly path: Path
  readonly query: Query
  readonly headers: Headers
  /** Of a JSON body, which may be empty where the schema takes `undefined`; `null` where the handler reads it. */
  readonly body: Body | null
  /** What is answered but for errors of the server itself. */
  readonly responses: Readonly<Record<number, RestResponse>>
  handle(
    input: {
      path: z.output<Path>
      query: z.output<Query>
      headers: z.output<Headers>
      body: z.output<Body>
    },
    context: Context,
  ): Response | Promise<Response>
}

const nothing = z.object({})
export const noBody = z.undefined()
type Optional = 'path' | 'query' | 'headers' | 'body'

/** A route as it is written: what it does not take is left out. */
export function defineRoute<
  Path extends z.ZodObject = typeof nothing,
  Query extends Fields = typeof nothing,
  Headers extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = typeof noBody,
>(
  definition: Omit<RestRoute<Path, Query, Headers, Body>, Optional> &
    Partial<Pick<RestRoute<Path, Query, Headers, Body>, Optional>>,
): RestRoute {
  const takesNothing = { path: nothing, query: nothing, headers: nothing, body: noBody }
  return { ...takesNothing, ...definition }
}

/** Serves a route on an app: input is checked by its schemas, and errors are thrown. */
export function serveRoute(
  app: Hono,
  route: RestRoute,
  {
    db,
    site,
    limits,
  }: {
    readonly db: Db
    readonly site: Pick<SiteRules, 'refuseOtherPages'>
    readonly limits: Limits
  },
): void {
  for (const path of route.paths) {
    app.on(route.method.toUpperCase(), honoPath(path), async (context) => {
      context.set('operation', route.id)
      requirePermission(context.get('principal'), route.needs)
      requireKeepsBy(context.get('principal'), route.keepsBy)
      if (route.changesByGet) site.refuseOtherPages(context)
      const query = queryFields(context)
      refuseLargeJson(query, limits)
      const asked = await keptAsked(db, route, context, {
        path: pathParameters(path, context),
        query,
        body: await readBody(route, context, limits),
      })
      const input = {
        path: route.path.parse(asked.path),
        query: route.query.parse(asked.query),
        headers: route.headers.parse(headersOf(route, context)),
        body: takesBody(route) ? route.body!.parse(asked.body) : undefined,
      }
      return route.handle(input, context)
    })
  }
}

/** A parameter that fills a segment of a path, or all of it before an extension. */
const parameter = /\{(\w+)\}(\.\w+)?(?=\/|$)/g

/** `/reports/{id}.csv` as Hono writes it: `/reports/:id{.+\.csv}`, with the extension in the parameter. */
function honoPath(path: string): string {
  return path.replaceAll(parameter, (_, name: string, extension?: string) =>
    extension === undefined ? `:${name}` : `:${name}{.+\\${extension}}`,
  )
}

function pathParameters(path: string, context: Context): Record<string, string> {
  const parameters = Array.from(path.matchAll(parameter), ([, name = '', extension = '']) => {
    const value = context.req.param(name) ?? ''
    return [name, value.slice(0, value.length - extension.length)]
  })
  return Object.fromEntries(parameters) as Record<string, string>
}

/** The fields of a query; one that is given more than once is a list, which no schema takes. */
function queryFields(context: Context): Record<string, string | string[]> {
  const fields = Object.entries(context.req.queries())
  return Object.fromEntries(fields.map(([name, values]) => [name, values.length > 1 ? values : values[0]!]))
}

function takesBody({ body }: RestRoute): boolean {
  return body !== null && body !== noBody
}

/** Those that it takes. */
function headersOf({ headers }: RestRoute, { req }: Context): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(headers.shape).map((name) => [name, req.header(name)]))
}

async function readBody(route: RestRoute, context: Context, limits: Limits): Promise<unknown> {
  if (!takesBody(route)) return undefined
  const value = parseJson(await readText(context, limits))
  refuseLargeJson(value, limits)
  return value
}

interface Asked {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** What is asked for, as it was written, kept to the groups of the key: the labels are in the body where there is one. */
async function keptAsked(db: Db, route: RestRoute, context: Context, asked: Asked): Promise<Asked> {
  const principal = context.get('principal')
  if (principal.groups.length === 0) return asked
  const { path, query, body } = asked
  const inBody = takesBody(route)
  const written = inBody ? (body ?? {}) : query
  // For the schema to refuse.
  if (typeof written !== 'object' || Array.isArray(written)) return asked
  const { labels } = await keptToGroups(db, principal, route.keepsBy, { ...written, ...path })
  const kept = labels === undefined ? written : { ...written, labels }
  return inBody ? { path, query, body: kept } : { path, query: kept as Asked['query'], body }
}

/** The JSON of a body, whatever type it is declared as: `curl -d` says it is a form. undefined where it is empty. */
function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new AppError('invalid', `the body is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

async function readText(context: Context, { bodyBytes, bodySilence }: Limits): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of bodyOf(context, bodySilence)) {
    length += chunk.byteLength
    if (length <= bodyBytes) chunks.push(chunk) // what is too much is read all the same: the next request is behind it
  }
  if (length > bodyBytes) throw bodyTooLarge(bodyBytes)
  return Buffer.concat(chunks).toString('utf8')
}

export function bodyTooLarge(most = usualLimits.bodyBytes): AppError {
  return overLimit('bodyBytes', `the body is larger than the ${most} bytes that are taken`, {
    code: 'too-large',
  })
}
