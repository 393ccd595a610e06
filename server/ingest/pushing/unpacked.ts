import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { AppError } from '../../../shared/app-error.ts'

export const packings = ['gzip', 'zstd'] as const
export type Packing = (typeof packings)[number]

/** What unpacks to no more than this costs little, whatever the ratio; beyond it, a few KB may become TB. */
const SMALL_BYTES = 16 * 1024 * 1024
const MOST_RATIO = 200

const unpackers: Readonly<Record<Packing, () => Transform & { readonly bytesWritten: number }>> = {
  gzip: createGunzip,
  zstd: createZstdDecompress,
}

/** A body as it was before it was packed. Throws an AppError where it is damaged, or unpacks to too much. */
export async function* unpacked(
  chunks: AsyncIterable<Uint8Array>,
  packing: Packing | undefined,
): AsyncGenerator<Uint8Array> {
  if (packing === undefined) {
    yield* chunks
    return
  }
  const unpacker = unpackers[packing]()
  let bytes = 0
  try {
    const out = pipeline(Readable.from(chunks, { objectMode: false }), unpacker, () => {})
    for await (const chunk of out as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      if (bytes > SMALL_BYTES && bytes > MOST_RATIO * unpacker.bytesWritten) {
        throw new AppError(
          'too-large',
          `the body unpacks to more than ${MOST_RATIO} times its size: send it unpacked`,
        )
      }
      yield chunk
    }
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code)
    if (!/^(?:Z_|ZSTD_|ERR_ZSTD)/.test(code)) throw error
    throw new AppError('invalid', `the body is damaged ${packing}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
