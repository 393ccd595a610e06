/** What is wrong with an answer. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { Known } from './known.ts'
import type { FuzzRequest, Operation } from './rest-requests.ts'

export interface Judge {
  /** Reads an answer; throws where it is not as documented. `leave` is what a client does that reads no further. */
  judge(request: FuzzRequest, response: Response, leave: () => void): Promise<void>
}

/** Answers that have no end. */
const endless = 'text/event-stream'

export function createJudge(document: object, operations: readonly Operation[], known: Known): Judge {
  const ajv = new Ajv2020({ strict: false, discriminator: false })
  addFormats.default(ajv)
  ajv.addSchema(document, 'openapi.json')
  const byId = new Map(operations.map((operation) => [operation.operationId, operation]))
  const isProblem = ajv.compile({ $ref: 'openapi.json#/components/schemas/Problem' })
  const validators = new Map<object, ReturnType<typeof ajv.compile>>()

  function violations(schema: object, value: unknown): unknown[] {
    let validate = validators.get(schema)
    if (validate === undefined) validators.set(schema, (validate = ajv.compile(withPlaces(schema))))
    return validate(value) ? [] : validate.errors!
  }

  function requireDocumented({ meant }: FuzzRequest, { status, headers }: Response, text: string): void {
    const operation = byId.get(meant)
    if (operation === undefined || status === 408) return
    const documented = operation.responses[status]
    if (documented === undefined) {
      if (status === 403 || status === 503) return
      throw new Error(`${meant} does not document ${status}`)
    }
    const mediaType = mediaTypeOf(headers)
    const types = Object.keys(documented.content ?? {})
    if (text === '' && (types.length === 0 || status === 304)) return
    const body = documented.content?.[mediaType]
    if (body === undefined)
      throw new Error(`${meant} ${status} is ${mediaType}, and not ${types.join(' or ')}`)
    if (mediaType === 'application/json') {
      const broken = violations(body.schema, JSON.parse(text))
      if (broken.length > 0)
        throw new Error(`${meant} ${status} breaks its schema: ${JSON.stringify(broken)}`)
    }
  }

  function requireProblem(response: Response, text: string): void {
    const problem = JSON.parse(text) as { status?: unknown }
    const isOurs = mediaTypeOf(response.headers) === 'application/problem+json'
    if (!isOurs || !isProblem(problem) || problem.status !== response.status)
      throw new Error('it is no problem')
  }

  return {
    async judge(request, response, leave) {
      const { status, headers } = response
      const isEndless = headers.get('content-type')?.startsWith(endless) === true
      const text = isEndless ? '' : textOf(headers, await response.bytes())
      if (isEndless) {
        leave()
        await response.body?.cancel()
      }
      if (status >= 500 && status !== 503) throw new Error('it is an error of the server')
      if (isEndless || request.method === 'HEAD' || isPage(headers)) return
      if (request.path.startsWith('/trpc/')) {
        requireCallAnswers(JSON.parse(text), status)
      } else {
        if (status >= 400 && status !== 416) requireProblem(response, text)
        requireDocumented(request, response, text)
      }
      if (status === 200 && mediaTypeOf(headers) === 'application/json') known.learn(JSON.parse(text))
    },
  }
}

function textOf(headers: Headers, bytes: Uint8Array): string {
  const unpack = {
    gzip: gunzipSync,
    deflate: inflateSync,
    br: brotliDecompressSync,
    zstd: zstdDecompressSync,
  }
  const encoding = headers.get('content-encoding') as keyof typeof unpack | null
  return (encoding === null ? Buffer.from(bytes) : unpack[encoding](bytes)).toString('utf8')
}

/** What people get whose browser asks for it. */
function isPage(headers: Headers): boolean {
  return mediaTypeOf(headers) === 'text/html' && headers.get('vary')?.includes('accept') === true
}

function mediaTypeOf(headers: Headers): string {
  return headers.get('content-type')?.split(';')[0]!.trim() ?? ''
}

/** Those of the document are within it. */
function withPlaces(schema: object): object {
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi.json#/components/')
  return JSON.parse(text) as object
}

function requireCallAnswers(answer: unknown, status: number): void {
  for (const one of [answer].flat() as readonly Record<string, unknown>[]) {
    if ('result' in one) continue
    const error = one['error'] as
      { message?: unknown; code?: unknown; data?: Record<string, unknown> } | undefined
    const { code, httpStatus, appErrorCode } = error?.data ?? {}
    const isOurs =
      typeof error?.message === 'string' &&
      typeof error.code === 'number' &&
      typeof code === 'string' &&
      typeof httpStatus === 'number' &&
      typeof appErrorCode === 'string'
    if (!isOurs) throw new Error(`it is no answer of tRPC: ${JSON.stringify(one)}`)
    if (httpStatus >= 500 && httpStatus !== 503) throw new Error(`it is an error of the server, ${status}`)
  }
}
