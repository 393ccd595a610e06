import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../shared/app-error.ts'

const WITHIN = 0
const IS_SHUT = 1
const LOOK_EVERY_MS = 5
/** A thread that is within for longer waits for a lock: the native code is loaded by then. */
const MOST_WAIT_MS = 5_000

/**
 * What threads go through while they connect. One that is ended while it loads the native code of better-sqlite3 ends
 * the process with it ("FATAL ERROR: Error::New"), so whoever ends threads shuts the gate first.
 */
export interface ThreadGate {
  /** What threads are given, for `throughGate`. */
  readonly memory: SharedArrayBuffer
  /** No thread goes in any more; returns when none is within. */
  shut(): Promise<void>
}

export function createThreadGate(): ThreadGate {
  const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
  const gate = new Int32Array(memory)
  return {
    memory,
    async shut() {
      Atomics.store(gate, IS_SHUT, 1)
      const end = performance.now() + MOST_WAIT_MS
      while (Atomics.load(gate, WITHIN) > 0 && performance.now() < end) await pause(LOOK_EVERY_MS)
    },
  }
}

/** In a thread: what must not be broken off. Throws an AppError where the gate is shut. */
export async function throughGate<T>(memory: SharedArrayBuffer, work: () => Promise<T>): Promise<T> {
  const gate = new Int32Array(memory)
  Atomics.add(gate, WITHIN, 1)
  try {
    if (Atomics.load(gate, IS_SHUT) === 1) throw threadsEnd()
    return await work()
  } finally {
    Atomics.sub(gate, WITHIN, 1)
  }
}

/** What a task ends with that no thread does any more. */
export function threadsEnd(cause?: unknown): AppError {
  return new AppError('unavailable', 'the program is ending its threads: ask again', { cause })
}
