import { fstat as fstatWithCallback, read as readWithCallback } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { AppError } from '../../../shared/app-error.ts'
import { throwIfStopped } from '../stop.ts'

// By descriptor, as a FileHandle belongs to one thread.
const read = promisify(readWithCallback)
const fstat = promisify(fstatWithCallback)

const LF = 10

/** How much is read at once: more is no faster, as a block no longer fits the processor's cache. */
export const defaultBlockBytes = 512 * 1024

/**
 * A file as long as it was when it was opened, for as long as who opened it has it open. It stays the same one, for other threads of the process, too, whatever
 * becomes of its name.
 */
export interface OpenFile {
  /** What messages call it: its path, or what a caller knows it by. */
  readonly name: string
  readonly fd: number
  readonly bytes: number
  readonly modifiedMs: number
}

/** Opens a file, which disposing closes. Throws an AppError where that cannot be. */
export async function openFile(
  path: string,
  name: string = path,
): Promise<AsyncDisposable & { readonly file: OpenFile }> {
  const handle = await open(path).catch((error: unknown) => {
    throw cannotRead(name, error)
  })
  const { size, mtimeMs } = await handle.stat()
  return {
    file: { name, fd: handle.fd, bytes: size, modifiedMs: mtimeMs },
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

/** A block is written over when the next one has been asked for. */
export async function* blocksOf(file: OpenFile, blockBytes: number): AsyncGenerator<Uint8Array> {
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

/**
 * SHA-256 of a file that is read elsewhere. Throws an AppError where it is not as it was when it was opened, but for lines
 * that were put behind it, and when `signal` says so.
 */
export async function sha256Of(file: OpenFile, signal: AbortSignal | undefined): Promise<string> {
  // Loaded when there is something to hash: a thread begins to read without it.
  const { createHash } = await import('node:crypto')
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
    throw new AppError('conflict', `${file.name} was changed while it was read: import it again`)
  }
  return hash.digest('hex')
}

export async function isGzip(file: OpenFile): Promise<boolean> {
  const start = await startOf(file, 2)
  return start[0] === 0x1f && start[1] === 0x8b
}

export async function startOf({ fd }: OpenFile, byteCount: number): Promise<Buffer> {
  const { buffer, bytesRead } = await read(fd, Buffer.alloc(byteCount), 0, byteCount, 0)
  return buffer.subarray(0, bytesRead)
}

/** Why what has this name cannot be read, for the person who gave it. */
export function cannotRead(name: string, error: unknown): AppError {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('not-found', `there is no file or folder ${name}`, { cause: error })
  }
  // Without the path, which Node.js puts behind a comma: the caller may know the file by another name.
  return new AppError('invalid', `${name} cannot be read: ${message.split(', ')[0]}`, { cause: error })
}
