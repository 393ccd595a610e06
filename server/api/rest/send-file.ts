import type { Context } from 'hono'
import { ReadableStream } from 'node:stream/web'
import { connectionOf } from './caller.ts'
import type { ReportFile } from './report-file.ts'

/** The answer with a file: whole or, to a GET or HEAD, a range of it, or that it has not changed (RFC 9110). */
export async function sendFile(context: Context, file: ReportFile, varyBy?: string): Promise<Response> {
  const request = context.req.raw
  const headers = new Headers({
    'content-type': file.mediaType,
    'content-disposition': `attachment; filename="${file.name}"`,
    etag: file.etag,
    'last-modified': new Date(file.lastModifiedMs).toUTCString(),
    'cache-control': 'private, no-cache', // kept, but asked about each time
    'accept-ranges': file.length === undefined ? 'none' : 'bytes',
    ...(varyBy === undefined ? {} : { vary: varyBy }),
  })
  const takesConditions = request.method !== 'POST'
  const knownTag = takesConditions ? tagOfUnchanged(request, file) : undefined
  if (knownTag !== undefined) {
    headers.set('etag', knownTag)
    return new Response(null, { status: 304, headers })
  }

  if (file.length === undefined) return respond(200, file.bytes())
  const range = takesConditions ? wantedRange(request, file, file.length) : undefined
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${file.length}`)
    headers.delete('content-disposition')
    return new Response(null, { status: 416, headers })
  }
  if (range === undefined) {
    headers.set('content-length', String(file.length))
    return respond(200, file.bytes())
  }
  headers.set('content-range', `bytes ${range.start}-${range.end - 1}/${file.length}`)
  headers.set('content-length', String(range.end - range.start))
  return respond(206, file.bytes(range.start, range.end))

  async function respond(status: number, bytes: AsyncGenerator<Uint8Array>): Promise<Response> {
    if (request.method === 'HEAD') return new Response(null, { status, headers })
    return new Response(await begun(context, bytes), { status, headers })
  }
}

/** An answer that is written while it is sent. */
export async function sendText(
  context: Context,
  mediaType: string,
  bytes: AsyncGenerator<Uint8Array>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return new Response(await begun(context, bytes), { headers: { ...headers, 'content-type': mediaType } })
}

/** So many pieces are read before the answer begins: a header, and what is below it. */
const PIECES_BEFORE = 2

/**
 * A stream of what comes before it begins, so that what goes wrong until then is answered in words. Afterwards the connection is
 * cut: an answer that ended would pass for a whole one.
 */
async function begun(
  context: Context,
  bytes: AsyncGenerator<Uint8Array>,
): Promise<globalThis.ReadableStream> {
  const { outgoing } = connectionOf(context)
  const before: IteratorResult<Uint8Array>[] = []
  while (before.length < PIECES_BEFORE && before.at(-1)?.done !== true) before.push(await bytes.next())
  return ReadableStream.from({
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          return before.shift() ?? (await bytes.next())
        } catch (error) {
          outgoing?.destroy()
          throw error
        }
      },
      return: () => bytes.return(undefined),
    }),
  })
}

/** The tag that the caller has the file under: a weak one where it was compressed. undefined where it does not have it. */
function tagOfUnchanged(request: Request, file: ReportFile): string | undefined {
  const tags = request.headers.get('if-none-match')
  if (tags !== null) {
    if (tags.trim() === '*') return file.etag
    return tags
      .split(',')
      .map((tag) => tag.trim())
      .find((tag) => tag.replace(/^W\//, '') === file.etag)
  }
  const since = Date.parse(request.headers.get('if-modified-since') ?? '')
  return Math.floor(file.lastModifiedMs / 1000) * 1000 <= since ? file.etag : undefined
}

/** The range that is asked for, as `[start, end)`; undefined for the whole file, also where several are asked for. */
function wantedRange(
  request: Request,
  file: ReportFile,
  length: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const condition = request.headers.get('if-range')
  if (condition !== null && condition !== file.etag) return undefined
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range') ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    const suffix = Math.min(Number(last), length)
    return suffix === 0 ? 'unsatisfiable' : { start: length - suffix, end: length }
  }
  const start = Number(first)
  const end = last === '' ? length : Math.min(Number(last) + 1, length)
  if (last !== '' && Number(last) < start) return undefined
  return start < length ? { start, end } : 'unsatisfiable'
}
