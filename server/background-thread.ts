import { getPriority, setPriority } from 'node:os'

/** Gives a thread a third of a processor that it shares with one that answers, and all of one that is idle. */
const NICER = 5
const NICEST = 19

/**
 * Lets the thread that answers requests go first, and the threads that this one starts behind it. Only Linux has a
 * priority for each thread; elsewhere it would be that of the whole process.
 */
export function stepBehindAnswers(): void {
  if (process.platform !== 'linux') return
  const own = getPriority(0)
  if (own === NICEST) return
  try {
    setPriority(0, Math.min(own + NICER, NICEST))
  } catch {
    // Where a sandbox forbids it, all threads are alike.
  }
}
