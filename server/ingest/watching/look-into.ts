import { lstatSync, opendirSync } from 'node:fs'
import { join } from 'node:path'
import { stampOf } from '../csv/file-stamp.ts'

/** A file as it is seen in a folder. */
export interface SeenFile {
  readonly name: string
  readonly stamp: string
  readonly bytes: number
  readonly mtimeNs: bigint
}

/** Names of files that whoever makes them is at, or that are none of ours. */
const leftNames = /^\.|\.(?:tmp|part|partial|filepart|crdownload)$/i

/**
 * Tells of each file that is directly in a folder, and returns how much else is left: temporary names, links, and what is no
 * file. Blocks its thread, as that takes a fraction of the time. Throws where the folder cannot be read.
 */
export function lookInto(folder: string, onFile: (file: SeenFile) => void): number {
  let left = 0
  using entries = opendirSync(folder, { bufferSize: 1024 })
  for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
    const { name } = entry
    if (entry.isDirectory()) continue
    if (leftNames.test(name)) {
      left++
      continue
    }
    // Of some file systems the entries do not say what they are.
    const stats = lstatSync(join(folder, name), { bigint: true, throwIfNoEntry: false })
    if (stats === undefined || stats.isDirectory()) continue
    if (!stats.isFile()) left++
    else onFile({ name, stamp: stampOf(stats), bytes: Number(stats.size), mtimeNs: stats.mtimeNs })
  }
  return left
}
