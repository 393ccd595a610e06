import { closeSync, lstatSync, mkdirSync, openSync, renameSync, unlinkSync } from 'node:fs'
import { extname, join } from 'node:path'
import { stampOf } from '../csv/file-stamp.ts'

/**
 * Moves a file to a folder in its folder, under another name where there is one of its name. Where it is no longer the file
 * with the stamp, the other one stays where it is. Throws where it cannot be moved.
 */
export function moveFile(folder: string, name: string, stamp: string, to: string): void {
  mkdirSync(join(folder, to), { recursive: true })
  const path = join(folder, name)
  const target = takenName(join(folder, to), name)
  try {
    renameSync(path, target)
  } catch (error) {
    unlinkSync(target)
    // Whoever else has moved or removed it has seen to it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (stampOf(lstatSync(target, { bigint: true })) === stamp) return
  // It would have given way to a yet later one.
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) renameSync(target, path)
  else unlinkSync(target)
}

/** The path of a new, empty file in a folder that has the name, or one like it. */
function takenName(folder: string, name: string): string {
  const extension = /\.(?:gz|zst)$/i.test(name)
    ? extname(name.replace(/\.\w+$/, '')) + extname(name)
    : extname(name)
  const start = name.slice(0, name.length - extension.length)
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${start}.${number}${extension}`)
    try {
      closeSync(openSync(path, 'wx'))
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
