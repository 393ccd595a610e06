import { pipeline, Readable } from 'node:stream'
import { AppError } from '../../../shared/app-error.ts'
import { blocksOf, defaultBlockBytes, isGzip, type OpenFile } from './open-file.ts'
import { inUtf8 } from './utf16.ts'

/** A reading of a file, from start to end. */
export interface Source {
  /** Its content in UTF-8, gunzipped where it is gzipped. A chunk is written over when the next one has been asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** How much of the file as it lies on the disk has been read. */
  bytesRead(): number
}

/** What reading a file may cost. */
export interface SourceLimits {
  /** How much is read at once. */
  readonly blockBytes?: number | undefined
  /** How large the content of a gzipped file may be. */
  readonly maxUnpackedBytes?: number | undefined
  /** How many times as large as the file the content may be, from `SMALL_BYTES` on: a CSV file is some 10 times as large. */
  readonly maxUnpackedRatio?: number | undefined
}

const GIB = 1024 ** 3
const defaultMaxUnpackedBytes = 64 * GIB
const defaultMaxUnpackedRatio = 200
/** What is unpacked to no more than this costs little, whatever the ratio. */
const SMALL_BYTES = 16 * 1024 * 1024

export async function readSource(file: OpenFile, limits: SourceLimits = {}): Promise<Source> {
  const { blockBytes = defaultBlockBytes } = limits
  let bytesRead = 0

  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const block of blocksOf(file, blockBytes)) {
      bytesRead += block.length
      yield block
    }
  }

  return {
    chunks: inUtf8((await isGzip(file)) ? gunzipped(file.name, bytes(), limits) : bytes()),
    bytesRead: () => bytesRead,
  }
}

/** Throws an AppError for a file that is damaged, or that unpacks to more than the limits allow: a few KB may become TB. */
async function* gunzipped(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  {
    blockBytes = defaultBlockBytes,
    maxUnpackedBytes = defaultMaxUnpackedBytes,
    maxUnpackedRatio = defaultMaxUnpackedRatio,
  }: SourceLimits,
): AsyncGenerator<Uint8Array> {
  const { createGunzip } = await import('node:zlib')
  const gunzip = createGunzip({ chunkSize: Math.max(64, blockBytes) })
  let unpackedBytes = 0
  try {
    // The callback is for errors, which the loop throws anyway.
    for await (const chunk of pipeline(
      Readable.from(copies(bytes), { objectMode: false }),
      gunzip,
      () => {},
    ) as AsyncIterable<Uint8Array>) {
      unpackedBytes += chunk.length
      const isTooLarge = unpackedBytes > maxUnpackedBytes
      const ratio = unpackedBytes / gunzip.bytesWritten
      if (isTooLarge || (unpackedBytes > SMALL_BYTES && ratio > maxUnpackedRatio)) {
        const most = isTooLarge ? `${maxUnpackedBytes} bytes` : `${maxUnpackedRatio} times its size`
        throw new AppError(
          'too-large',
          `${name} unpacks to more than ${most}: unpack it (gunzip), and import what comes out`,
        )
      }
      yield chunk
    }
  } catch (error) {
    const isDamage = String((error as NodeJS.ErrnoException).code).startsWith('Z_')
    if (!isDamage) throw error
    throw new AppError('invalid', `${name} is a damaged gzip file: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** Chunks in memory of their own, for who asks for the next one before the one before is done with. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield Uint8Array.from(chunk)
}
