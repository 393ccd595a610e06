import * as z from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import type { RestResponse, RestRoute } from './route.ts'
import { noBody } from './route.ts'
import { problem } from './schemas.ts'

const problemContent = { 'application/problem+json': { schema: problem } }
const problemExamples: Readonly<Record<number, z.input<typeof problem>>> = {
  400: {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'reach: "a while" is not a duration: write a number and a unit such as "90m", "24h" or "7d"',
    error: 'Invalid request',
  },
  404: {
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'there is no report 6f1c4d8e-33a0-4f57-a3c5-0d6f2a6f6a11',
    error: 'Report not found',
  },
}

/** The OpenAPI 3.1 description of the routes, made from the schemas that check what they take. */
export function openApiDocument(routes: readonly RestRoute[], version: string): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const route of routes) {
    for (const [i, path] of route.paths.entries()) {
      paths[path] = { ...paths[path], [route.method]: operation(route, i) }
    }
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'store-monitor',
      version,
      summary: 'How long each store was up, down and unknown during its business hours',
      description:
        'Stores are polled about once an hour. From the polls, the business hours and the timezones, a report tells each store’s uptime and downtime in the last hour, day and week. Paths that are marked as deprecated are for clients of older systems: they go on working, and do the same as the operation that they are named after.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This server' }],
    security: [],
    tags: [
      { name: 'Reports', description: 'Requested, computed in the background, and fetched' },
      { name: 'Imports', description: 'Polls, business hours and timezones from CSV files' },
      { name: 'Service', description: 'The service itself' },
    ],
    paths: paths as ZodOpenApiPathsObject,
  })
}

function operation(route: RestRoute, alias: number): ZodOpenApiOperationObject {
  const responses = Object.entries(route.responses).map(([status, response]) => [
    status,
    responseObject(Number(status), response),
  ])
  return {
    operationId: alias === 0 ? route.id : `${route.id}-${alias + 1}`,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(alias === 0 ? {} : { deprecated: true }),
    requestParams: {
      path: route.path,
      query: route.query as z.ZodObject,
      ...(route.requestHeaders ? { header: route.requestHeaders } : {}),
    },
    ...requestBody(route),
    responses: {
      ...(Object.fromEntries(responses) as ZodOpenApiOperationObject['responses']),
      default: { description: 'An error of the server itself', content: problemContent },
    },
  }
}

function requestBody({ body }: RestRoute): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (body === noBody) return {}
  if (body === null) {
    return { requestBody: { required: true, content: { 'text/csv': { schema: { type: 'string' } } } } }
  }
  const required = !body.safeParse(undefined).success
  return { requestBody: { required, content: { 'application/json': { schema: body } } } }
}

function responseObject(status: number, { description, content, headers }: RestResponse) {
  const example = problemExamples[status]
  const ofError = status >= 400 && !content
  const bodies = Object.entries(content ?? {}).map(([mediaType, schema]) => [
    mediaType,
    { schema: schema ?? { type: 'string' } },
  ])
  return {
    description,
    ...(headers === undefined ? {} : { headers: responseHeaders(headers) }),
    ...(bodies.length > 0 ? { content: Object.fromEntries(bodies) as Record<string, object> } : {}),
    ...(ofError
      ? { content: { 'application/problem+json': { schema: problem, ...(example ? { example } : {}) } } }
      : {}),
  }
}

function responseHeaders(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' as const } },
    ]),
  )
}
