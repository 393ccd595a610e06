/** Requests to operations of the OpenAPI document, and to what is near them. */
import fc from 'fast-check'
import { fileBody } from './file-bodies.ts'
import { hostileHeader, hostileText } from './hostile.ts'
import { maybe, type JsonSchema, type SchemaValues } from './schema-values.ts'

export interface FuzzRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined
  /** What of the document, or which procedures, it is meant for. */
  readonly meant: string
}

export interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: JsonSchema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: JsonSchema }>> }>>
}

export interface OperationPlace {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}

const headerValues: Readonly<Record<string, fc.Arbitrary<string>>> = {
  accept: fc.constantFrom(
    'application/json',
    'text/csv',
    'application/x-ndjson',
    'text/html',
    '*/*',
    'text/event-stream',
  ),
  'accept-encoding': fc.constantFrom('gzip', 'br', 'identity;q=0', '*', 'zstd, gzip;q=0'),
  'content-type': fc.constantFrom(
    'application/json',
    'text/csv',
    'application/x-ndjson',
    'multipart/form-data; boundary=x',
    'text/plain',
  ),
  'content-encoding': fc.constantFrom('gzip', 'zstd', 'identity', 'br'),
  'if-none-match': fc.constantFrom('*', '"x"', 'W/"x", "y"', '""'),
  'if-modified-since': fc.constantFrom('Tue, 24 Jan 2023 13:00:00 GMT', 'yesterday'),
  'if-range': fc.constantFrom('"x"', 'Tue, 24 Jan 2023 13:00:00 GMT'),
  range: fc.constantFrom(
    'bytes=0-7',
    'bytes=-1',
    'bytes=5-2',
    'bytes=0-',
    'bytes=99999999999999999999-',
    'bytes=0-1,3-4',
    'lines=1',
  ),
  'last-event-id': fc.constantFrom('complete', 'running-1', '-1', '99999999999', 'x'),
  'idempotency-key': fc.constantFrom('a', 'b', 'key'),
  origin: fc.constantFrom('http://localhost', 'https://evil.example', 'null'),
  'sec-fetch-site': fc.constantFrom('same-origin', 'cross-site', 'none'),
  'user-agent': fc.constantFrom('curl/8', ''),
}

const headers: fc.Arbitrary<Record<string, string>> = fc
  .array(
    fc
      .constantFrom(...Object.keys(headerValues))
      .chain((name) =>
        fc
          .oneof({ arbitrary: headerValues[name]!, weight: 4 }, { arbitrary: hostileHeader, weight: 1 })
          .map((value) => [name, value] as const),
      ),
    { maxLength: 3 },
  )
  .map((fields) => Object.fromEntries(fields))

/** A value as it stands in a path, a query or a header. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

export function restRequests(
  { path, method, operation }: OperationPlace,
  values: SchemaValues,
): fc.Arbitrary<FuzzRequest> {
  const { parameters = [], requestBody, operationId } = operation
  const ofPlace = (place: string) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((parameter) => parameter.in === place)
          .map(({ name, schema, required = false }) => {
            const value = values.of(schema, name)
            return [name, place === 'path' ? value : maybe(value, required ? 97 : 30)]
          }),
      ),
    ) as fc.Arbitrary<Record<string, unknown>>
  const query = fc.tuple(ofPlace('query'), maybe(fc.tuple(hostileText, hostileText), 50), fc.nat(15))
  const body = bodyOf(requestBody, values)
  return fc
    .record({
      path: ofPlace('path'),
      query,
      header: ofPlace('header'),
      headers,
      body,
      isOther: fc.nat(60),
      tail: hostileText,
    })
    .map(
      ({
        path: ofPath,
        query: [fields, more, roll],
        header,
        headers: further,
        body: sent,
        isOther,
        tail,
      }) => {
        const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segmentOf(textOf(ofPath[name])))
        const asked = [...Object.entries(fields), ...(more && roll === 0 ? [more] : [])].flatMap(
          ([name, value]) =>
            value === undefined ? [] : [`${encodeText(name)}=${encodeText(textOf(value))}`],
        )
        if (roll === 1 && asked[0] !== undefined) asked.push(asked[0])
        const base = isOther === 1 ? `${filled}/${segmentOf(tail)}` : filled
        const ofHeaders = Object.entries(header).flatMap(([name, value]) =>
          value === undefined
            ? []
            : [
                [
                  name,
                  textOf(value)
                    .replaceAll(/[^\x20-\x7E]/g, '?')
                    .trim(),
                ] as const,
              ],
        )
        const sentMethod =
          isOther === 2 ? 'HEAD' : isOther === 3 ? 'PUT' : isOther === 4 ? 'OPTIONS' : method.toUpperCase()
        return {
          method: sentMethod,
          path: asked.length === 0 ? base : `${base}?${asked.join('&')}`,
          headers: { ...further, ...Object.fromEntries(ofHeaders) },
          body: sentMethod === 'GET' || sentMethod === 'HEAD' ? undefined : sent,
          meant: sentMethod === method.toUpperCase() && base === filled ? operationId : '',
        }
      },
    )
}

function bodyOf(
  requestBody: Operation['requestBody'],
  values: SchemaValues,
): fc.Arbitrary<FuzzRequest['body']> {
  if (requestBody === undefined) return maybe(hostileText, 50)
  const schema = requestBody.content['application/json']?.schema
  if (schema === undefined) return fileBody
  return fc.oneof(
    { arbitrary: values.of(schema, '').map((value) => JSON.stringify(value)), weight: 12 },
    { arbitrary: hostileText, weight: 1 },
    { arbitrary: fc.constantFrom('', 'null', '{', '[]', '"a"', '{"a":1}}', ' '.repeat(70_000)), weight: 1 },
  )
}

/** A slash in a value is mostly written so that it is one. */
function segmentOf(text: string): string {
  return text === '' || text === '.' || text === '..' ? '%20' : encodeText(text)
}

function encodeText(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
