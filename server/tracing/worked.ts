/** What is done for whoever asked for it, where anybody wants to know. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { SpanPlace } from './place.ts'

/** Something that was done, in epoch milliseconds. */
export interface Worked {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  /** Whether a thread of its own did it. */
  readonly inThread?: boolean
}

/** Of what is done, whose it is, and where that is noted until it is told. */
interface Collector {
  readonly place: SpanPlace | undefined
  worked: Worked[] | undefined
  leftOut: number
}

/** A report of a country has some hundred parts; what is more than this is counted. */
const MOST_WORKED = 1000

const collectors = new AsyncLocalStorage<Collector>()

/** What is noted of one request, or of one piece of work. */
export interface Collecting {
  /** Does something of it. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** What was done until now, for once. */
  take(): { readonly worked: readonly Worked[]; readonly leftOut: number }
}

/** `place` is what work that goes on by itself names as whence it came. */
export function collectWorked(place?: SpanPlace): Collecting {
  const collector: Collector = { place, worked: [], leftOut: 0 }
  return {
    run: (work) => collectors.run(collector, work),
    take() {
      const { worked = [], leftOut } = collector
      collector.worked = undefined // what was begun may go on for long
      return { worked, leftOut }
    },
  }
}

export function noteWorked(worked: Worked): void {
  const collector = collectors.getStore()
  if (collector?.worked === undefined) return
  if (collector.worked.length < MOST_WORKED) collector.worked.push(worked)
  else collector.leftOut++
}

/** Does something that is noted, too. */
export async function noted<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (collectors.getStore()?.worked === undefined) return work()
  const startMs = preciseNow()
  try {
    return await work()
  } finally {
    noteWorked({ name, startMs, endMs: preciseNow() })
  }
}

/** Where whoever asks for something stands. */
export function askingPlace(): SpanPlace | undefined {
  return collectors.getStore()?.place
}

/** What is done for further chunks is noted of who asked for the first, whoever takes them. */
export function forAsker<T>(chunks: AsyncGenerator<T>): AsyncGenerator<T> {
  const within = AsyncLocalStorage.snapshot()
  const next = chunks.next.bind(chunks)
  chunks.next = () => within(next)
  return chunks
}

/** By a clock that does not go back. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}
