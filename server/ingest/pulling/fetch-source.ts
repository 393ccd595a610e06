import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../../shared/app-error.ts'
import { headersWithSecrets, withSecrets, type Environment } from '../../config-file/secrets.ts'
import type { SourceSetting } from '../../config-file/source-setting.ts'
import type { Outgoing } from '../../outgoing/outgoing.ts'
import { retryAfterMs } from '../../outgoing/retry-after.ts'
import { errorOfStatus, pullErrorOf } from './pull-error.ts'

/** What a source answered with what was imported last. */
export interface Validators {
  readonly etag: string | null
  readonly lastModified: string | null
}

/** What arrived, in a file. */
export interface Arrived extends Validators {
  readonly bytes: number
  readonly sha256: string
  readonly type: string | undefined
  readonly answeredAt: number
}

export interface FetchContext {
  readonly environment: Environment
  readonly outgoing: Outgoing
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Puts what a source has into a file; undefined where that is what the validators are of. Throws an AppError. */
export async function fetchSource(
  source: SourceSetting,
  known: Validators | undefined,
  path: string,
  context: FetchContext,
): Promise<Arrived | undefined> {
  const url = withSecrets(source.url, context.environment)
  const arrived = url.startsWith('file:')
    ? await copyFile(new URL(url), source, path, context)
    : await download(url, source, known, path, context)
  if (arrived?.bytes === 0) throw new AppError('invalid', 'the answer is empty')
  return arrived
}

async function download(
  url: string,
  { headers, timeout, maxBytes }: SourceSetting,
  known: Validators | undefined,
  path: string,
  { environment, outgoing, now, signal }: FetchContext,
): Promise<Arrived | undefined> {
  const conditions = {
    ...(known?.etag ? { 'if-none-match': known.etag } : {}),
    ...(known?.lastModified ? { 'if-modified-since': known.lastModified } : {}),
  }
  const request = {
    url,
    headers: { ...conditions, ...(await headersWithSecrets(headers, environment)) },
    timeoutMs: timeout,
    maxBytes,
    signal,
  }
  try {
    return await outgoing.ask(request, async ({ status, headers: answered, body }) => {
      const answeredAt = now()
      if (status === 304 && known !== undefined) return undefined
      if (status !== 200) {
        throw errorOfStatus(new URL(url).host, status, retryAfterMs(answered['retry-after'], answeredAt))
      }
      return {
        ...(await write(body, path)),
        etag: answered.etag ?? null,
        lastModified: answered['last-modified'] ?? null,
        type: answered['content-type'],
        answeredAt,
      }
    })
  } catch (error) {
    throw signal.aborted ? error : pullErrorOf(error)
  }
}

async function copyFile(
  url: URL,
  { maxBytes }: SourceSetting,
  path: string,
  { now, signal }: FetchContext,
): Promise<Arrived> {
  const answeredAt = now()
  const written = await write(contentOf(url, maxBytes, signal), path)
  return { ...written, etag: null, lastModified: null, type: undefined, answeredAt }
}

async function* contentOf(url: URL, most: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    const path = fileURLToPath(url)
    // To open a pipe may take for ever, and cannot be ended.
    if (!(await stat(path)).isFile()) throw new AppError('invalid', `${path} is no file`)
    let bytes = 0
    for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength
      if (bytes > most) throw new AppError('too-large', `the file is larger than ${most} bytes`)
      yield chunk
    }
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error
    const { message } = error as Error
    throw new AppError('unavailable', `the file cannot be read: ${message}`, { cause: error })
  }
}

async function write(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  async function* counted() {
    for await (const chunk of chunks) {
      hash.update(chunk)
      bytes += chunk.byteLength
      yield chunk
    }
  }
  await pipeline(counted(), createWriteStream(path))
  return { bytes, sha256: hash.digest('hex') }
}
