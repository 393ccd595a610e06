/** What threads do for whoever asked for it, where anybody wants to know. */
import { AsyncLocalStorage } from 'node:async_hooks'

/** A task that a thread did, in epoch milliseconds. */
export interface Worked {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
}

const collectors = new AsyncLocalStorage<{ worked: Worked[] | undefined }>()

/** Does something, and tells what threads did for it until it ended. */
export async function collectingWorked(work: () => Promise<void>): Promise<readonly Worked[]> {
  const worked: Worked[] = []
  const collector: { worked: Worked[] | undefined } = { worked }
  try {
    await collectors.run(collector, work)
    return worked
  } finally {
    collector.worked = undefined // of a report goes on for long
  }
}

export function noteWorked(worked: Worked): void {
  collectors.getStore()?.worked?.push(worked)
}

/** By a clock that does not go back. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}
