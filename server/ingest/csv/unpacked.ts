import { pipeline, Readable, type Transform } from 'node:stream'
import { AppError } from '../../../shared/app-error.ts'
import { overLimit } from '../../limits/over-limit.ts'
import { usualLimits } from '../../limits/setting.ts'

export const packings = ['gzip', 'zstd'] as const
export type Packing = (typeof packings)[number]

/** What unpacking may cost. */
export interface UnpackLimits {
  /** How much is unpacked at once; Node.js says where left out. */
  readonly blockBytes?: number | undefined
  readonly unpackedBytes?: number | undefined
  /** How many times as large the content may be, from `SMALL_BYTES` on: CSV is some 10 times as large. */
  readonly unpackedRatio?: number | undefined
}

/** What is unpacked to no more than this costs little, whatever the ratio. */
const SMALL_BYTES = 16 * 1024 * 1024

/** What is packed, and what to do with it where it is too large. */
export interface Packed {
  /** What messages call it. */
  readonly name: string
  readonly packing: Packing
  readonly remedy: string
}

/**
 * Bytes as they were before they were packed. Throws an AppError where they are damaged, or unpack to more than the limits
 * allow: a few KB may become TB.
 */
export async function* unpacked(
  bytes: AsyncIterable<Uint8Array>,
  { name, packing, remedy }: Packed,
  {
    blockBytes,
    unpackedBytes: mostBytes = usualLimits.unpackedBytes,
    unpackedRatio: mostRatio = usualLimits.unpackedRatio,
  }: UnpackLimits = {},
): AsyncGenerator<Uint8Array> {
  const unpacker = await createUnpacker(packing, blockBytes)
  let unpackedBytes = 0
  try {
    // The callback is for errors, which the loop throws anyway.
    for await (const chunk of pipeline(
      Readable.from(copies(bytes), { objectMode: false }),
      unpacker,
      () => {},
    ) as AsyncIterable<Uint8Array>) {
      unpackedBytes += chunk.length
      const isTooLarge = unpackedBytes > mostBytes
      const ratio = unpackedBytes / unpacker.bytesWritten
      if (isTooLarge || (unpackedBytes > SMALL_BYTES && ratio > mostRatio)) {
        const most = isTooLarge ? `${mostBytes} bytes` : `${mostRatio} times its size`
        const limit = isTooLarge ? 'unpackedBytes' : 'unpackedRatio'
        const what = `${name} unpacks to more than ${most}: ${remedy}`
        throw overLimit(limit, what, { code: 'too-large' })
      }
      yield chunk
    }
  } catch (error) {
    const isDamage = /^(?:Z_|ZSTD_|ERR_ZSTD)/.test(String((error as NodeJS.ErrnoException).code))
    if (!isDamage) throw error
    throw new AppError('invalid', `${name} is a damaged ${packing} file: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

async function createUnpacker(
  packing: Packing,
  blockBytes: number | undefined,
): Promise<Transform & { readonly bytesWritten: number }> {
  const { createGunzip, createZstdDecompress } = await import('node:zlib')
  const options = blockBytes === undefined ? {} : { chunkSize: Math.max(64, blockBytes) }
  return packing === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
}

/** Chunks in memory of their own, for who asks for the next one before the one before is done with. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield Uint8Array.from(chunk)
}
