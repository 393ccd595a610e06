import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pairs } from './pairs.ts'

/** Pairs on disk, in the order in which they were added. Disposing removes them. */
export interface PairFile extends Disposable {
  append(pairs: Pairs): void
  /** All pairs, some at a time; what is yielded is written over by the next. */
  blocks(): Iterable<Pairs>
}

const PAIR_BYTES = 8
const BLOCK_PAIRS = 1 << 17

/** A file in the system's temporary folder. */
export function createPairFile(): PairFile {
  const folder = mkdtempSync(join(tmpdir(), 'store-monitor-import-'))
  const file = openSync(join(folder, 'pairs'), 'w+')
  // An open file stays without its name, and goes with the process, however that ends; only Windows keeps the name.
  if (process.platform !== 'win32') rmSync(folder, { recursive: true })
  const block = new Uint32Array(BLOCK_PAIRS * 2)
  let total = 0

  function write(pairs: number): void {
    const bytes = new Uint8Array(block.buffer, 0, pairs * PAIR_BYTES)
    for (let at = 0; at < bytes.length;)
      at += writeSync(file, bytes, at, bytes.length - at, total * PAIR_BYTES + at)
    total += pairs
  }

  /** Reads pairs into the block, and returns how many. */
  function readBlock(from: number): number {
    const bytes = new Uint8Array(block.buffer, 0, Math.min(BLOCK_PAIRS, total - from) * PAIR_BYTES)
    for (let at = 0; at < bytes.length;) {
      const length = readSync(file, bytes, at, bytes.length - at, from * PAIR_BYTES + at)
      if (length === 0) throw new Error('a temporary file of the import was cut short')
      at += length
    }
    return bytes.length / PAIR_BYTES
  }

  function* blocks(): Generator<Pairs> {
    const groups = new Uint32Array(BLOCK_PAIRS)
    const words = new Uint32Array(BLOCK_PAIRS)
    for (let from = 0, count = 0; from < total; from += count) {
      count = readBlock(from)
      for (let i = 0; i < count; i++) {
        groups[i] = block[2 * i]!
        words[i] = block[2 * i + 1]!
      }
      yield { groups, words, count }
    }
  }

  return {
    append({ groups, words, count }) {
      for (let from = 0; from < count; from += BLOCK_PAIRS) {
        const pairs = Math.min(BLOCK_PAIRS, count - from)
        for (let i = 0; i < pairs; i++) {
          block[2 * i] = groups[from + i]!
          block[2 * i + 1] = words[from + i]!
        }
        write(pairs)
      }
    },
    blocks,
    [Symbol.dispose]() {
      closeSync(file)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
