import { stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { isPostgres } from '../../../shared/database-url.ts'
import { sqliteFile } from '../../database/dialect/sqlite/file.ts'
import { fine, type Finding } from './finding.ts'
import { megabytes } from './megabytes.ts'

const LEAST_FREE_BYTES = 100_000_000
const ENOUGH_FREE_BYTES = 1_000_000_000

export function nodeFinding(version: string, oldest: number): Finding {
  const major = Number(version.split('.')[0])
  if (major >= oldest) return fine('Node.js', version)
  return { check: 'Node.js', state: 'failed', what: version, remedy: `install ${oldest} or later` }
}

/** The room that is left where the database is, and where files are put that are uploaded. */
export async function diskFindings(databaseUrl: string): Promise<Finding[]> {
  const temporary = await diskFinding('temporary disk', tmpdir(), ENOUGH_FREE_BYTES)
  if (isPostgres(databaseUrl)) return [temporary]
  const file = resolve(sqliteFile(databaseUrl))
  // A large import, and what SQLite does to give space back, write as much again.
  const enough = Math.max(ENOUGH_FREE_BYTES, await sizeOfFile(file))
  return [await diskFinding('disk', dirname(file), enough), temporary]
}

async function diskFinding(check: string, folder: string, enough: number): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const what = `${megabytes(free)} free in ${folder}`
    if (free >= enough) return fine(check, what)
    const state = free < LEAST_FREE_BYTES ? 'failed' : 'warning'
    return { check, state, what, remedy: `make room: ${megabytes(enough)} are better` }
  } catch (error) {
    const { message } = error as Error
    return { check, state: 'failed', what: `${folder} cannot be looked at (${message})`, remedy: 'make it' }
  }
}

/** 0 where there is none. */
async function sizeOfFile(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}
