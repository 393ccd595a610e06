import { createHash } from 'node:crypto'
import { fstat as fstatWithCallback, read as readWithCallback } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { createGunzip } from 'node:zlib'
import { AppError } from '../../shared/app-error.ts'
import { throwIfStopped } from './stop.ts'

// By descriptor, as a FileHandle belongs to one thread.
const read = promisify(readWithCallback)
const fstat = promisify(fstatWithCallback)

const LF = 10

/** How much is read at once: more is no faster, as a block no longer fits the processor's cache. */
const defaultBlockBytes = 512 * 1024

/**
 * A file as long as it was when it was opened. It stays the same one, for other threads of the process, too, whatever
 * becomes of its name.
 */
export interface InputFile {
  readonly path: string
  readonly fd: number
  readonly bytes: number
  readonly modifiedMs: number
}

/** Opens a file, which disposing closes. Throws an AppError where that cannot be. */
export async function openInputFile(path: string): Promise<InputFile & AsyncDisposable> {
  const handle = await open(path).catch((error: unknown) => {
    throw cannotRead(path, error)
  })
  const { size, mtimeMs } = await handle.stat()
  return {
    path,
    fd: handle.fd,
    bytes: size,
    modifiedMs: mtimeMs,
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

/** A reading of a file, from start to end. */
export interface Source {
  /** Its content, gunzipped where it is gzipped. A chunk is written over when the next one has been asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** How much of the file as it lies on the disk has been read. */
  bytesRead(): number
}

export async function readSource(file: InputFile, blockBytes: number = defaultBlockBytes): Promise<Source> {
  let bytesRead = 0

  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const block of blocksOf(file, blockBytes)) {
      bytesRead += block.length
      yield block
    }
  }

  return {
    chunks: (await isGzip(file)) ? gunzipped(file.path, bytes(), blockBytes) : bytes(),
    bytesRead: () => bytesRead,
  }
}

/**
 * SHA-256 of a file that is read elsewhere. Throws an AppError where it is not as it was when it was opened, but for lines
 * that were put behind it, and when `signal` says so.
 */
export async function sha256Of(file: InputFile, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  let lastByte: number | undefined
  for await (const block of blocksOf(file, defaultBlockBytes)) {
    throwIfStopped(signal)
    hash.update(block)
    lastByte = block.at(-1)
  }
  const { size, mtimeMs } = await fstat(file.fd)
  const isCut = size < file.bytes
  const isOverwritten = size === file.bytes && mtimeMs !== file.modifiedMs
  const hasHalfALine = size > file.bytes && lastByte !== LF
  if (isCut || isOverwritten || hasHalfALine) {
    throw new AppError('conflict', `${file.path} was changed while it was read: import it again`)
  }
  return hash.digest('hex')
}

/** A block is written over when the next one has been asked for. */
async function* blocksOf(file: InputFile, blockBytes: number): AsyncGenerator<Uint8Array> {
  // While one is worked on, the other is filled.
  let [buffer, other] = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)]
  let at = 0
  const fill = () => read(file.fd, buffer, 0, Math.min(blockBytes, file.bytes - at), at)
  let next = fill()
  next.catch(() => {}) // whoever waits for it has the error
  try {
    for (let filled = await next; filled.bytesRead > 0; filled = await next) {
      const block = buffer.subarray(0, filled.bytesRead)
      at += block.length
      ;[buffer, other] = [other, buffer]
      next = fill()
      next.catch(() => {})
      yield block
    }
  } finally {
    await next.catch(() => {})
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

async function isGzip({ fd }: InputFile): Promise<boolean> {
  const { buffer, bytesRead } = await read(fd, Buffer.alloc(2), 0, 2, 0)
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
