import { readFileSync } from 'node:fs'

/**
 * How many bytes a process, its threads included, has given to the disk since it began, as Linux counts pages that it made
 * dirty: the log, and the database that is written from it. Undefined elsewhere.
 */
export function writtenBytesOf(pid: number): number | undefined {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1])
  } catch {
    return undefined
  }
}
