import { promisify } from 'node:util'
import { AppError } from '../../../shared/app-error.ts'

/** As much is packed at once: what an upload takes of the memory does not grow with it. */
const CHUNK_BYTES = 1024 * 1024

/**
 * The same bytes, of which `keep` has been given all, packed and in their order, once the last of them has been taken. While it is at
 * some, the next ones come.
 */
export async function* keptAsTheyPass(
  body: AsyncIterable<Uint8Array>,
  keep: (packed: Uint8Array) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let gathered: Uint8Array[] = []
  let bytes = 0
  let keeping: Promise<void> = Promise.resolve()

  async function keepGathered(): Promise<void> {
    await keeping
    keeping = packedChunk(Buffer.concat(gathered)).then(keep)
    keeping.catch(() => {}) // awaited before the next ones, or at the end
    gathered = []
    bytes = 0
  }

  try {
    for await (const piece of body) {
      yield piece
      gathered.push(piece)
      bytes += piece.length
      if (bytes >= CHUNK_BYTES) await keepGathered()
    }
    if (bytes > 0) await keepGathered()
    await keeping
  } finally {
    await keeping.catch(() => {}) // nothing is written behind the end
  }
}

/** What was packed, which is so many bytes. Throws a `damaged` AppError where it is not. */
export async function* unpackedChunks(
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  const { zstdDecompress } = await import('node:zlib')
  const unpack = promisify(zstdDecompress)
  let left = bytes
  for await (const chunk of chunks) {
    const unpacked = await unpack(chunk).catch((cause: unknown) => {
      throw isDamaged(cause)
    })
    left -= unpacked.length
    yield unpacked
  }
  if (left !== 0) throw isDamaged()
}

function isDamaged(cause?: unknown): AppError {
  return new AppError('damaged', 'what was kept of the upload is damaged: import the file again', { cause })
}

async function packedChunk(bytes: Uint8Array): Promise<Uint8Array> {
  const { zstdCompress, constants } = await import('node:zlib')
  const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 }
  return await promisify(zstdCompress)(bytes, { params })
}
