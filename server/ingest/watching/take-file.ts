import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import type { Db } from '../../database/connect.ts'
import { recordTakenFile, wasCancelled, type TakenFile } from '../../database/watched-files.ts'
import { writeAlone } from '../../database/write-alone.ts'
import { stampOf } from '../csv/file-stamp.ts'
import { readHeader } from '../csv/header.ts'
import { openFile, sha256Of } from '../csv/open-file.ts'
import type { WaitingFile } from './waiting-file.ts'

export interface TakeParts {
  readonly folder: string
  readonly db: Db
  readonly now: () => number
  /** Imports the file with this stamp, and records what became of it: why nothing was taken, or null. Throws an AppError. */
  importFile(path: string, stamp: string): Promise<string | null>
}

/** What became of a file: why nothing of it was taken, or null. */
export interface Outcome {
  readonly failure: string | null
  /** Whether it is what is known of it already. */
  readonly isKnown?: boolean
}

/** Thrown where a file cannot be taken now. */
export class NotNow extends Error {}

const MOST_TRIES = 3

/**
 * Finds out of what kind a file is, or what became of it, where it need not be imported: it has what it had when it was
 * taken `before`, or it is of no kind. Throws NotNow where it cannot be read.
 */
export async function sortOut(
  file: WaitingFile,
  before: TakenFile | undefined,
  parts: TakeParts,
): Promise<Outcome | undefined> {
  const path = join(parts.folder, file.name)
  await using opened = await openFile(path, file.name, file.stamp).catch((error: unknown) => {
    if (isGone(error)) return undefined
    throw new NotNow(toAppError(error).message)
  })
  if (opened === undefined) return undefined
  try {
    const hashBefore = before?.sha256 ?? undefined
    if (hashBefore !== undefined && (await sha256Of(opened.file, undefined)) === hashBefore) {
      return { ...(await record(file, before!, parts)), isKnown: true }
    }
    const header = await readHeader(opened.file)
    if (header.kind === undefined) return await recordFailure(file, `it ${header.reason}`, parts)
    file.kind = header.kind
    return undefined
  } catch (error) {
    if (isGone(error)) return undefined
    if (isOfContent(error)) return await recordFailure(file, error.message, parts)
    throw error
  }
}

/**
 * Imports a file. Undefined where it is no longer the one that was seen; throws NotNow where it may go well later, and an
 * AppError where no file can be imported now.
 */
export async function importWatched(file: WaitingFile, parts: TakeParts): Promise<Outcome | undefined> {
  const path = join(parts.folder, file.name)
  try {
    return { failure: await parts.importFile(path, file.stamp) }
  } catch (error) {
    const { code, message } = toAppError(error)
    if (stampNow(path) !== file.stamp) return undefined
    if (isOfContent(error) || (code === 'conflict' && (await wasCancelled(parts.db, path)))) {
      return await recordFailure(file, message, parts)
    }
    if (code === 'internal' && file.tries + 1 >= MOST_TRIES) return await recordFailure(file, message, parts)
    if (code === 'internal' || code === 'conflict') throw new NotNow(message)
    throw error
  }
}

/** Whether another file has its place, or none: the next look tells. */
function isGone(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'conflict' || error.code === 'not-found')
}

/** Whether it is what a file has that is wrong. */
function isOfContent(error: unknown): error is AppError {
  return error instanceof AppError && ['invalid', 'too-large', 'rejected'].includes(error.code)
}

function stampNow(path: string): string | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && stampOf(stats)
}

function recordFailure(file: WaitingFile, failure: string, parts: TakeParts): Promise<Outcome> {
  return record(file, { sha256: null, importId: null, failure }, parts)
}

async function record(
  { name, stamp }: WaitingFile,
  { sha256, importId, failure }: Pick<TakenFile, 'sha256' | 'importId' | 'failure'>,
  { folder, db, now }: TakeParts,
): Promise<Outcome> {
  const taken = { path: join(folder, name), stamp, sha256, importId, failure }
  await writeAlone(db, 'data', (tx) => recordTakenFile(tx, taken, now()))
  return { failure }
}
