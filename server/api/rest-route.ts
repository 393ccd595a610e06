import type { Context, Hono } from 'hono'
import * as z from 'zod'
import { AppError } from '../../shared/app-error.ts'

type Fields = z.ZodObject

/** A REST operation: where it is, what it takes, what it answers. */
export interface RestRoute<
  Path extends Fields = Fields,
  Query extends Fields = Fields,
  Body extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post' | 'delete'
  /** Every path it is served at, as Hono writes them; the first is the one to use, the others are for older clients. */
  readonly paths: readonly [string, ...string[]]
  readonly summary: string
  readonly path: Path
  readonly query: Query
  /** Of a JSON body, which may be left out where the schema takes `undefined`. */
  readonly body: Body
  handle(
    input: { path: z.output<Path>; query: z.output<Query>; body: z.output<Body> },
    context: Context,
  ): Response | Promise<Response>
}

const nothing = z.object({})
const maxBodyBytes = 64 * 1024

type RouteDefinition<Path extends Fields, Query extends Fields, Body extends z.ZodType> = Pick<
  RestRoute<Path, Query, Body>,
  'method' | 'paths' | 'summary' | 'handle'
> &
  Partial<Pick<RestRoute<Path, Query, Body>, 'path' | 'query' | 'body'>>

export function defineRoute<
  Path extends Fields = typeof nothing,
  Query extends Fields = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<Path, Query, Body>): RestRoute {
  return { path: nothing, query: nothing, body: z.undefined(), ...definition } as unknown as RestRoute
}

/** Serves a route on an app: input is checked by its schemas, and errors are thrown. */
export function serveRoute(app: Hono, route: RestRoute): void {
  for (const path of route.paths) {
    app.on(route.method.toUpperCase(), path, async (context) => {
      const input = {
        path: route.path.parse(context.req.param()),
        query: route.query.parse(context.req.query()),
        body:
          route.body instanceof z.ZodUndefined
            ? undefined
            : route.body.parse(await readJson(context.req.raw)),
      }
      return route.handle(input, context)
    })
  }
}

/** The JSON of a body, whatever type it is declared as: `curl -d` says it is a form. undefined where it is empty. */
async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request)
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new AppError('invalid', `the body is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

async function readText(request: Request): Promise<string> {
  if (request.body === null) return ''
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body) {
    length += chunk.byteLength
    if (length > maxBodyBytes) {
      throw new AppError('too-large', `the body is larger than the ${maxBodyBytes} bytes that are read`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
