import { setPriority } from 'node:os'

/** Gives a thread a third of a processor that it shares with one that answers, and all of one that is idle. */
const NICENESS = 5

/**
 * Lets the thread that answers requests go first. Only Linux has a priority for each thread; elsewhere it would be that
 * of the whole process.
 */
export function stepBehindAnswers(): void {
  if (process.platform === 'linux') setPriority(0, NICENESS)
}
