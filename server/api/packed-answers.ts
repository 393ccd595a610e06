/** Packs answers for whom can unpack them. */
import type { Context, MiddlewareHandler } from 'hono'
import { COMPRESSIBLE_CONTENT_TYPE_REGEX, compress } from 'hono/compress'
import { mediaTypes } from '../../shared/report-file.ts'

/** Shorter ones are not packed, where their length is known. */
const LEAST_BYTES = 1024

const variesByEncoding = /(?:^|,)\s*(?:accept-encoding|\*)\s*(?:,|$)/i

const pack = compress({ threshold: LEAST_BYTES, contentTypeFilter: isCompressible })

/**
 * As `compress` does, but for what it does to an answer that stays as it is: it makes a stream of a text, to say that it could have been
 * packed, which takes as long as a short request does otherwise.
 */
export const packedAnswers: MiddlewareHandler = async (context, next) => {
  await next()
  if (!mayBePacked(context)) return
  const { headers } = context.res
  if (!variesByEncoding.test(headers.get('vary') ?? '')) headers.append('vary', 'Accept-Encoding')
  if (context.req.header('accept-encoding') !== undefined) await pack(context, async () => {})
}

function mayBePacked({ req, res: { status, headers } }: Context): boolean {
  const isError = status >= 400 // which is short
  const isAsItIs = isError || status === 206 || req.method === 'HEAD' || headers.has('content-encoding')
  const length = headers.get('content-length')
  return (
    !isAsItIs &&
    (length === null || Number(length) >= LEAST_BYTES) &&
    isCompressible(headers.get('content-type') ?? '') &&
    !/\bno-transform\b/i.test(headers.get('cache-control') ?? '')
  )
}

function isCompressible(contentType: string): boolean {
  return COMPRESSIBLE_CONTENT_TYPE_REGEX.test(contentType) || contentType.startsWith(mediaTypes.ndjson)
}
