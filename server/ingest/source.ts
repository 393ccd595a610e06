import { createHash, type Hash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '../../shared/app-error.ts'
import { throwIfStopped } from './stop.ts'

/** How much is read at once: more is no faster, as a block no longer fits the processor's cache. */
const defaultBlockBytes = 512 * 1024

/** A file that is read once, from start to end. */
export interface Source extends AsyncDisposable {
  /** Its content, gunzipped where it is gzipped. A chunk is written over when the next one has been asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** How much of the file as it lies on the disk has been read. */
  bytesRead(): number
}

export interface SourceOptions {
  readonly blockBytes?: number | undefined
  /** Where the file ends for who reads it; by default, where it ends then. */
  readonly endAt?: number | undefined
  /** Gets the file as it lies on the disk. */
  readonly hash?: Hash | undefined
}

/** Opens a file for one reading. Throws an AppError where that cannot be. */
export async function openSource(path: string, options: SourceOptions = {}): Promise<Source> {
  const { blockBytes = defaultBlockBytes, endAt = Infinity, hash } = options
  const file = await openFile(path)
  try {
    let bytesRead = 0

    async function* bytes(): AsyncGenerator<Uint8Array> {
      for await (const block of blocksOf(file, blockBytes, endAt)) {
        bytesRead += block.length
        hash?.update(block)
        yield block
      }
    }

    return {
      chunks: (await isGzip(file)) ? gunzipped(path, bytes(), blockBytes) : bytes(),
      bytesRead: () => bytesRead,
      [Symbol.asyncDispose]: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * SHA-256 of the first `bytes` bytes of a file, for who has read them without. Throws an AppError where there are fewer, and
 * when `signal` says so.
 */
export async function sha256Of(
  path: string,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  await using file = await openFile(path)
  const hash = createHash('sha256')
  let bytesLeft = bytes
  for await (const block of blocksOf(file, defaultBlockBytes, bytes)) {
    throwIfStopped(signal)
    hash.update(block)
    bytesLeft -= block.length
  }
  if (bytesLeft > 0) throw wasCutShort(path)
  return hash.digest('hex')
}

export function wasCutShort(path: string): AppError {
  return new AppError('conflict', `${path} was cut short while it was read: import it again`)
}

/** A file up to `endAt`. A block is written over when the next one has been asked for. */
async function* blocksOf(file: FileHandle, blockBytes: number, endAt: number): AsyncGenerator<Uint8Array> {
  // While one is worked on, the other is filled.
  let [buffer, other] = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)]
  let at = 0
  const fill = () => file.read(buffer, 0, Math.min(blockBytes, endAt - at), at)
  let next = fill()
  try {
    for (let read = await next; read.bytesRead > 0; read = await next) {
      const block = buffer.subarray(0, read.bytesRead)
      at += block.length
      ;[buffer, other] = [other, buffer]
      next = fill()
      yield block
    }
  } finally {
    await next.catch(() => {}) // whoever reads to the end has had the error
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    throw cannotRead(path, error)
  }
}

/** Why a path cannot be read, for the person who gave it. */
export function cannotRead(path: string, error: unknown): AppError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('not-found', `there is no file or folder ${path}`, { cause: error })
  }
  return new AppError('invalid', `${path} cannot be read: ${(error as Error).message}`, { cause: error })
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
}

async function* gunzipped(
  path: string,
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
    throw new AppError('invalid', `${path} is a damaged gzip file: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** Chunks in memory of their own, for who asks for the next one before the one before is done with. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield Uint8Array.from(chunk)
}
