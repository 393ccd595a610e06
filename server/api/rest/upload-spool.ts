/**
 * Where uploads are kept until they are imported: each in a folder of its own among the temporary files, whose name says
 * which process it is of. What a killed process leaves is removed when the next one starts.
 */
import { createHash } from 'node:crypto'
import { createWriteStream, readFileSync, readlinkSync } from 'node:fs'
import { lstat, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../shared/app-error.ts'
import type { Limits } from '../../limits/setting.ts'
import { measuredUpload } from './upload-meter.ts'

const prefix = 'store-monitor-upload'

export interface SpoolFolder extends AsyncDisposable {
  /** Of the file in it, which is not there yet. */
  readonly path: string
}

/** A folder for an upload; it is removed with what is in it when it is disposed of. */
export async function spoolFolder(): Promise<SpoolFolder> {
  const name = [prefix, placeOf(), process.pid, birthOf(process.pid), ''].join('-')
  const folder = await mkdtemp(join(tmpdir(), name)).catch((error: unknown) => {
    throw cannotSpool(error)
  })
  return {
    path: join(folder, 'upload.csv'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Writes what is sent into a file. */
export async function spool(body: AsyncIterable<Uint8Array>, path: string, limits: Limits): Promise<void> {
  try {
    await pipeline(measuredUpload(body, dirname(path), limits), createWriteStream(path))
  } catch (error) {
    if (error instanceof AppError) throw error
    throw cannotSpool(error)
  }
  if ((await stat(path)).size === 0) throw emptyUpload()
}

export function emptyUpload(): AppError {
  return new AppError('invalid', 'the body is empty: send the CSV file in it')
}

function cannotSpool(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  const reason = code === 'ENOSPC' || code === 'EDQUOT' ? 'there is no space left' : message
  return new AppError(
    'unavailable',
    `the upload cannot be kept in the temporary folder ${tmpdir()}: ${reason}. Make room there, or let TMPDIR name ` +
      'a folder on a larger disk when the server is started, and send the file again',
    { cause: error },
  )
}

/** Removes the folders of processes that are gone. One that may be of a living process, or another user's, is let be. */
export async function removeLeftSpools(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  for (const name of names.filter(isLeft)) {
    const path = join(tmpdir(), name)
    const isOwn = await lstat(path).then(
      ({ uid }) => process.getuid === undefined || uid === process.getuid(),
      () => false,
    )
    if (isOwn) await rm(path, { recursive: true, force: true }).catch(() => {}) // it takes space, and no more
  }
}

const ownedName = new RegExp(`^${prefix}-([0-9a-f]+)-(\\d+)-(\\w+)-\\w+$`)

function isLeft(name: string): boolean {
  const [, place, pid, birth] = ownedName.exec(name) ?? []
  if (place !== placeOf() || pid === undefined) return false
  const living = birthOf(Number(pid))
  return living === undefined || (living !== 'unknown' && living !== birth)
}

/** Names this machine, or this container of it: the process ids of another say nothing here. */
function placeOf(): string {
  return createHash('sha256').update(`${hostname()} ${processNamespace()}`).digest('hex').slice(0, 12)
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

/** When a process began, as far as this system tells it: the same id may be another's later. undefined where it has ended. */
function birthOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined
  }
  try {
    // The name of the program, in parentheses, may have spaces; the 22nd field is the start in ticks since the boot.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    // It has ended, and whoever started it has not asked how.
    if (fields[0] === 'Z') return undefined
    return `t${fields[19]}`
  } catch {
    return 'unknown'
  }
}
