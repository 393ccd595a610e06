import { closeSync, openSync, readSync } from 'node:fs'
import { MIB } from './bench.ts'

const block = Buffer.alloc(MIB)

/** Reads a file to its end and looks at nothing: the limit of what any reader can do. */
export function readWholeFile(path: string): void {
  const file = openSync(path, 'r')
  while (readSync(file, block) > 0);
  closeSync(file)
}
