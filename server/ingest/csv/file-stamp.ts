import type { BigIntStats } from 'node:fs'

/** What a file has that is another where it was changed, or another file is in its place: size, time in ns, and inode. */
export function stampOf({ size, mtimeNs, ino }: BigIntStats): string {
  return `${size} ${mtimeNs} ${ino}`
}
