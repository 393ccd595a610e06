import * as z from 'zod'
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiContentObject,
  type ZodOpenApiPathItemObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi'
import { keyNeeded } from '../../access/access.ts'
import { lacksPermission } from '../../access/principal.ts'
import { toAppError, type AppError } from '../../../shared/app-error.ts'
import { problemMediaType, problemOf } from '../../../shared/problem.ts'
import { dialectBases } from './routed-path.ts'
import { noBody, olderPaths, type RestResponse, type RestRoute } from './route.ts'
import { problem } from './schemas.ts'

const thisServer = { url: '/', description: 'This server' }
const noSpace = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

/** The OpenAPI 3.1 description of the routes, made from the schemas that check what they take. */
export function openApiDocument(routes: readonly RestRoute[], version: string): object {
  const paths: Record<string, ZodOpenApiPathItemObject> = {}
  const places = routes.flatMap((route) => route.paths.map((path, alias) => ({ route, path, alias })))
  const olderLast = places.toSorted((a, b) => Math.sign(a.alias) - Math.sign(b.alias))
  for (const { route, path, alias } of olderLast) {
    paths[path] = { ...paths[path], [route.method]: operation(route, alias), ...serversOf(path) }
  }
  const description: ZodOpenApiObject = {
    openapi: '3.1.1',
    info: {
      title: 'store-monitor',
      version,
      summary: 'How long each store was up, down and unknown during its business hours',
      description:
        'Stores are polled about once an hour. From the polls, the business hours and the timezones, a report tells each store’s uptime and downtime in the last hour, day and week. Each operation is at its path of choice; the older paths do the same for clients of other systems, and go on working. So do the bases that stand as servers with a path, and a slash at the end of any path: it changes nothing but behind the id in `/get_report/{report_id}/`, which is `/csv/get_report/{report_id}`. In addresses names are written with underscores, in JSON in camel case; but the options and the state of a report have the names of the systems that had them first.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [thisServer],
    security: [],
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key that `store-monitor keys create` or `POST /keys` made. A server without any, on loopback, asks for none.',
        },
      },
    },
    tags: [
      { name: 'Reports', description: 'Requested, computed in the background, and fetched' },
      {
        name: 'Stores',
        description: 'Their rules and details; what they did when, and why: answered at once',
      },
      { name: 'Corrections', description: 'What operators know better than the polls' },
      { name: 'Changes', description: 'What changed the data' },
      { name: 'Imports', description: 'Polls, rules, corrections and store details from CSV files' },
      {
        name: 'Sources',
        description: 'What the server pulls by a schedule, and what it asks stores by turns',
      },
      { name: 'Service', description: 'The service itself' },
      { name: olderPaths, description: 'For clients of other systems; they go on working' },
    ],
    paths,
  }
  return tellDefaults(createDocument(description, { override: keepExamples }))
}

/** The bases that an operation is also served under, for clients of other systems. */
function serversOf(path: string): Pick<ZodOpenApiPathItemObject, 'servers'> {
  const [, operation] = /^\/(trigger_report|get_report|download_report)\b/.exec(path) ?? []
  if (operation === undefined) return {}
  const bases = dialectBases.filter((base) => base !== '/csv' || operation !== 'get_report')
  return { servers: [thisServer, ...bases.map((url) => ({ url, description: 'The same' }))] }
}

/** Zod drops the examples of what it transforms, as they may be of the result; ours are of what a caller writes. */
function keepExamples({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: object }): void {
  const examples = z.globalRegistry.get(zodSchema)?.examples
  if (examples) Object.assign(jsonSchema, { examples })
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  default?: unknown
  description?: string
}

/**
 * Of what requests have in their bodies, a default is told in words: who generates types takes a field with a default for one
 * that is always there, and callers could not leave it out.
 */
function tellDefaults(document: ReturnType<typeof createDocument>): object {
  const bodies = Object.values(document.paths ?? {}).map((path) => [path.post, path.put])
  const names = JSON.stringify(bodies.flat().map((operation) => operation?.requestBody)).matchAll(
    /"#\/components\/schemas\/(\w+)"/g,
  )
  for (const [, name = ''] of names) {
    const schema = document.components?.schemas?.[name] as JsonSchema
    for (const field of Object.values(schema.properties ?? {})) {
      if (typeof field.default === 'string') field.description += `; ${field.default} where it is left out`
      delete field.default
    }
  }
  return document
}

function operation(route: RestRoute, alias: number): ZodOpenApiOperationObject {
  const responses = Object.entries(route.responses).map(([status, response]) => [
    status,
    responseObject(response),
  ])
  const tag = alias === 0 ? route.tag : olderPaths
  return {
    operationId: alias === 0 ? route.id : `${route.id}${alias + 1}`,
    tags: [tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(tag === olderPaths ? { deprecated: true } : {}),
    // The names are those of the permissions that the key is to have.
    security: route.needs === 'public' ? [] : [{ key: [route.needs] }],
    requestParams: {
      path: route.path,
      query: route.query,
      header: route.headers,
    },
    ...requestBody(route),
    responses: {
      ...(Object.fromEntries(responses) as ZodOpenApiOperationObject['responses']),
      ...refusalsOf(route),
      default: serverError,
    },
  }
}

/** What callers are answered who may not. */
function refusalsOf({ needs }: RestRoute): NonNullable<ZodOpenApiOperationObject['responses']> {
  if (needs === 'public') return {}
  return {
    401: responseObject({
      description: 'A key is needed, or the one that was sent is wrong, has expired or was revoked',
      headers: { 'WWW-Authenticate': 'Bearer' },
      example: keyNeeded(),
    }),
    403: responseObject({
      description: `The key has not the permission ${needs}`,
      example: lacksPermission({ name: 'poller-1' }, needs),
    }),
  }
}

const serverError = responseObject({
  description:
    'An error of the server itself, or a refusal that is the same everywhere: 403 to pages of other origins, 408 where the body falls silent',
  headers: {
    'Retry-After': 'With 503, which says that the same call may succeed later: after so many seconds',
  },
  example: toAppError(noSpace),
})

function requestBody({ body }: RestRoute): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (body === noBody) return {}
  if (body === null) {
    return { requestBody: { required: true, content: { 'text/csv': { schema: { type: 'string' } } } } }
  }
  const required = !body.safeParse(undefined).success
  return { requestBody: { required, content: { 'application/json': { schema: body } } } }
}

function responseObject({
  description,
  content = {},
  headers = {},
  example,
}: RestResponse): ZodOpenApiResponseObject {
  const bodies = Object.entries(content).map(([mediaType, schema]) => [
    mediaType,
    { schema: schema ?? { type: 'string' as const } },
  ])
  return {
    description,
    headers: responseHeaders(headers),
    content: example ? problemContent(example) : (Object.fromEntries(bodies) as ZodOpenApiContentObject),
  }
}

function problemContent(example: AppError) {
  return { [problemMediaType]: { schema: problem, example: problemOf(example) } }
}

function responseHeaders(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' as const } },
    ]),
  )
}
