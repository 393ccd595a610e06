import { mergedIntervals, type Intervals } from './interval.ts'

export type CorrectionKind = 'closed' | 'excused' | 'wrong-data'

/** Something that an operator knows better than the polls of a store, from an instant to before another. */
export interface Correction {
  readonly kind: CorrectionKind
  readonly fromMs: number
  readonly toMs: number
}

/** A store's corrections by what they do: rules 20 to 22 of docs/uptime.md. */
export interface Corrections {
  /** Polls in it do not speak. */
  readonly silent: Intervals
  /** No business time. */
  readonly closed: Intervals
  /** Business time in it is excused. */
  readonly excused: Intervals
}

const anyTime = { startMs: -Infinity, endMs: Infinity }
const noTime: Intervals = new Float64Array(0)

/** `undefined` where there is nothing to correct. */
export function correctionsOf(list: readonly Correction[]): Corrections | undefined {
  if (list.length === 0) return undefined
  return {
    silent: timeOf(list, ['wrong-data', 'closed']),
    closed: timeOf(list, ['closed']),
    excused: timeOf(list, ['excused']),
  }
}

function timeOf(list: readonly Correction[], kinds: readonly CorrectionKind[]): Intervals {
  const some = list.filter(({ kind }) => kinds.includes(kind))
  const [first] = some
  if (first === undefined) return noTime
  if (some.length === 1 && first.fromMs < first.toMs) return Float64Array.of(first.fromMs, first.toMs)
  return mergedIntervals(
    some.map(({ fromMs, toMs }) => ({ startMs: fromMs, endMs: toMs })),
    anyTime,
  )
}
