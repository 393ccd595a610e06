import { constants, fstat as fstatWithCallback, fstatSync, read as readWithCallback } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { AppError } from '../../../shared/app-error.ts'
import { throwIfStopped } from '../stop.ts'
import { stampOf } from './file-stamp.ts'
import type { Packing } from './unpacked.ts'

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
  /** What it had when it was looked at: it is to have that until it has been read, to the last byte. */
  readonly stamp?: string | undefined
}

/** A link may lead anywhere, and to open what is no file may take for ever. */
const ONLY_FILES = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Opens a file, which disposing closes. Throws an AppError where that cannot be, and where it is not the one with the
 * `stamp`.
 */
export async function openFile(
  path: string,
  name: string = path,
  stamp?: string,
): Promise<AsyncDisposable & { readonly file: OpenFile }> {
  const handle = await open(path, stamp === undefined ? 'r' : ONLY_FILES).catch((error: unknown) => {
    throw cannotRead(name, error)
  })
  try {
    const { size, mtimeMs } = await handle.stat()
    const file = { name, fd: handle.fd, bytes: size, modifiedMs: mtimeMs, stamp }
    if (isAnother(file)) throw wasChanged(name)
    return { file, [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

function isAnother({ fd, stamp }: OpenFile): boolean {
  return stamp !== undefined && stampOf(fstatSync(fd, { bigint: true })) !== stamp
}

function wasChanged(name: string): AppError {
  return new AppError('conflict', `${name} was changed while it was read: import it again`)
}

/** A block is written over when the next one has been asked for. */
export async function* blocksOf(file: OpenFile, blockBytes: number): AsyncGenerator<Uint8Array> {
  // While one is worked on, the other is filled; of a small file, there is one.
  const size = Math.min(blockBytes, file.bytes)
  let [buffer, other] = [Buffer.allocUnsafe(size), Buffer.allocUnsafe(file.bytes > size ? size : 0)]
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
 * that were put behind it where it has no stamp, and when `signal` says so.
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
  if (isCut || isOverwritten || hasHalfALine || isAnother(file)) throw wasChanged(file.name)
  return hash.digest('hex')
}

/** How it is packed, as its first bytes say; undefined where it is not. */
export async function packingOf(file: OpenFile): Promise<Packing | undefined> {
  const start = (await startOf(file, 4)).toString('latin1')
  if (start.startsWith('\x1f\x8b')) return 'gzip'
  return start === '\x28\xb5\x2f\xfd' ? 'zstd' : undefined
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
