import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '../../../shared/app-error.ts'
import { blocksOf, defaultBlockBytes, isGzip, type OpenFile } from './open-file.ts'

/** A reading of a file, from start to end. */
export interface Source {
  /** Its content, gunzipped where it is gzipped. A chunk is written over when the next one has been asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** How much of the file as it lies on the disk has been read. */
  bytesRead(): number
}

export async function readSource(file: OpenFile, blockBytes: number = defaultBlockBytes): Promise<Source> {
  let bytesRead = 0

  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const block of blocksOf(file, blockBytes)) {
      bytesRead += block.length
      yield block
    }
  }

  return {
    chunks: (await isGzip(file)) ? gunzipped(file.name, bytes(), blockBytes) : bytes(),
    bytesRead: () => bytesRead,
  }
}

async function* gunzipped(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  blockBytes: number,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: Math.max(64, blockBytes) })
  try {
    // The callback is for errors, which the loop throws anyway.
    yield* pipeline(Readable.from(copies(bytes), { objectMode: false }), gunzip, () => {})
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
