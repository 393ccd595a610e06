import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

const inMemory = '/dev/shm'
/** More than the files of all tests that run at once. */
const ROOM_BYTES = 4 * 2 ** 30

/**
 * A folder in memory for what tests write, removed when this process ends; undefined where the machine has none, or little room.
 * Some file systems take their time where many files are made while others are removed, and each PostgreSQL database is 300.
 */
export function memoryFolder(): string | undefined {
  if (process.availableMemory() < ROOM_BYTES || freeBytes() < ROOM_BYTES) return undefined
  const folder = mkdtempSync(join(inMemory, 'store-monitor-tests-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function freeBytes(): number {
  try {
    const { bavail, bsize } = statfsSync(inMemory)
    return bavail * bsize
  } catch {
    return 0
  }
}
