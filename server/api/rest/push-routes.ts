import * as z from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { pushedHourPage, pushResult, requestKey, type PushResult } from '../../../shared/push.ts'
import { mediaTypes } from '../../../shared/report-file.ts'
import { listPushedHours } from '../../database/pushes.ts'
import { packings, type Packing } from '../../ingest/csv/unpacked.ts'
import type { PushFormat } from '../../ingest/pushing/push-pieces.ts'
import { pushStream } from '../../ingest/pushing/push-stream.ts'
import { tooManyPolls } from '../../ingest/pushing/pusher.ts'
import { pushLimitOf } from '../../access/principal.ts'
import type { ApiParts } from '../api-parts.ts'
import { bodyOf } from '../body-silence.ts'
import { malformedPage, tooLarge } from './error-responses.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { pageQuery } from './schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

const pushQuery = z.object({
  source: z
    .string()
    .regex(/^[\x21-\x7E]{1,100}$/, 'a source is 1 to 100 printable characters without spaces')
    .default('push')
    .describe('Who sends the polls, to be counted')
    .meta({ examples: ['poller-1'] }),
})

const pushHeaders = z.object({
  'idempotency-key': requestKey
    .optional()
    .describe(requestKey.description!)
    .meta({ examples: ['batch-7'] }),
})

/** The operations on polls as they come. */
export function pushRoutes({ db, pusher, now, limits }: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'pushPolls',
      needs: 'polls:write',
      keepsBy: ['itself'],
      method: 'post',
      paths: ['/polls'],
      tag: 'Polls',
      summary: 'Push polls as they come, in a batch of any size',
      description:
        'The body is CSV with a header, an array of JSON, or a line of JSON for each poll, with `store_id`, `status` and `timestamp_utc`; `Content-Type` says which, or else its first character. It may be packed (`Content-Encoding`: gzip or zstd). The answer comes when the polls are safe on disk. Those that break a rule are left out, and the others taken. A long body is written in groups: where it is broken off, what was written stays, and to send it again changes nothing.',
      query: pushQuery,
      headers: pushHeaders,
      body: null,
      responses: {
        200: {
          description: 'What became of the polls',
          content: json(pushResult.meta({ id: 'PushResult' })),
        },
        400: {
          description: 'The body is none of these, or is damaged',
          example: new AppError(
            'invalid',
            'the body is empty: send polls as CSV, JSON, or a line of JSON for each',
          ),
        },
        409: {
          description: 'The key was given to a push of other polls',
          example: new AppError(
            'conflict',
            'the key "42" was given to a push of other polls: give each push a key of its own',
          ),
        },
        413: tooLarge,
        422: {
          description: 'No poll keeps the rules',
          example: new AppError(
            'rejected',
            'none of the 2 polls can be taken: in row 1, status "closed" is neither active nor inactive',
          ),
        },
        429: {
          description: 'Too much at once: `Retry-After` says when to send it again',
          example: tooManyPolls(),
        },
      },
      async handle({ query, headers }, context) {
        const { req } = context
        try {
          const result = await pushStream(pusher, {
            chunks: bodyOf(context, limits.bodySilence),
            format: formatOf(req.header('content-type')),
            packing: packingOf(req.header('content-encoding')),
            source: query.source,
            key: headers['idempotency-key'],
            limit: pushLimitOf(context.get('principal')),
            now,
            limits,
          })
          return answerOf(result)
        } catch (error) {
          if (!isSilence(error)) await readRest(bodyOf(context, limits.bodySilence))
          throw error
        }
      },
    }),
    defineRoute({
      id: 'listPushed',
      needs: 'polls:read',
      method: 'get',
      paths: ['/polls/pushed'],
      tag: 'Polls',
      summary: 'What was pushed by hour and source, newest first, a page at a time',
      query: pageQuery,
      responses: {
        200: {
          description: 'A page of hours',
          content: json(pushedHourPage.meta({ id: 'PushedHourList', description: 'Hours, newest first' })),
        },
        400: malformedPage,
      },
      handle: async ({ query }, context) => context.json(await listPushedHours(db, query)),
    }),
  ]
}

/** With its length, so that nobody packs the few bytes of it. */
function answerOf(result: PushResult): Response {
  const text = JSON.stringify(result)
  const length = String(Buffer.byteLength(text))
  return new Response(text, { headers: { 'content-type': 'application/json', 'content-length': length } })
}

/** More is not read to no purpose. */
const MOST_REST_BYTES = 256 * 1024 * 1024

/** Whoever still sends a body does not listen; a body that broke off has no rest. */
async function readRest(body: AsyncIterable<Uint8Array>): Promise<void> {
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > MOST_REST_BYTES) return
    }
  } catch {
    // Nobody is there to be answered.
  }
}

/** Of who fell silent, nothing is waited for once more. */
function isSilence(error: unknown): boolean {
  return error instanceof AppError && error.code === 'timed-out'
}

/** Undefined where the body itself is to tell: curl says of any that it is a form. */
function formatOf(contentType: string | undefined): PushFormat | undefined {
  const type = contentType?.split(';')[0]!.trim().toLowerCase()
  if (type === mediaTypes.csv) return 'csv'
  if (type === mediaTypes.ndjson || type === 'application/jsonl') return 'ndjson'
  return type === 'application/json' ? 'json' : undefined
}

function packingOf(encoding: string | undefined): Packing | undefined {
  const name = encoding?.trim().toLowerCase()
  if (name === undefined || name === '' || name === 'identity') return undefined
  const packing = packings.find((one) => one === name)
  if (packing !== undefined) return packing
  throw new AppError(
    'invalid',
    `the Content-Encoding "${encoding}" is not taken: ${packings.join(' and ')} are`,
  )
}
