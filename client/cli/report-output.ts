import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../shared/app-error.ts'

/** Where a report is written: a file, which is there as a whole or not at all, or a folder for it. */
export interface ReportOutput {
  /** Where it is a folder, the file has a name of its own. Returns the path. */
  write(bytes: ReadableStream<Uint8Array>, name: string, signal: AbortSignal): Promise<string>
}

/** Checks, before any work, that there can be a file at `given`, which may be a folder to put it in. */
export async function openReportOutput(given: string): Promise<ReportOutput> {
  const folder = dirname(resolve(given))
  const parent = await find(folder)
  if (!parent?.isDirectory()) {
    throw new AppError('invalid', `cannot write ${given}: there is no folder ${folder}, make it first`)
  }
  const there = await find(given)
  const isFolder = there?.isDirectory() ?? false
  if (there === undefined && /[/\\]$/.test(given)) {
    throw new AppError('invalid', `cannot write into ${given}: there is no such folder, make it first`)
  }
  // A device or a pipe cannot be replaced by a file.
  const isReplaced = there === undefined || there.isFile() || isFolder
  return {
    async write(bytes, name, signal) {
      const path = isFolder ? join(given, name) : given
      // A name of its own: of two reports for one file, the one that is complete last is there as a whole.
      const written = isReplaced ? `${path}.${randomUUID()}.part` : path
      try {
        await pipeline(Readable.fromWeb(bytes), createWriteStream(written, { flush: isReplaced }), { signal })
        if (isReplaced) await rename(written, path)
        return path
      } catch (error) {
        if (isReplaced) await rm(written, { force: true })
        throw fileError(path, error)
      }
    },
  }
}

async function find(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw fileError(path, error)
  }
}

/** Errors of the file system say what is the matter; those of the download are passed on. */
function fileError(path: string, error: unknown): unknown {
  const { syscall, code, message } = error as NodeJS.ErrnoException
  if (syscall === undefined || error instanceof AppError) return error
  const mayPass = ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE'].includes(code ?? '')
  return new AppError(mayPass ? 'unavailable' : 'invalid', `cannot write ${path}: ${message}`, {
    cause: error,
  })
}
