import type { DataSummary } from './data.ts'
import type { Machine } from './machine.ts'

/** What several runs gave. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly runs: number
}

export type Unit = 'ms' | 'ns' | 'MiB' | 'bytes' | 'stores'

/** Something that was measured; less of it is better. */
export interface Figure {
  readonly name: string
  readonly unit: Unit
  /** undefined where it could not be measured; `note` says why. */
  readonly ours?: Spread | undefined
  readonly baseline?: { readonly name: string; readonly value: Spread } | undefined
  /** The most that is good, of the ratio to the baseline or of the figure itself. */
  readonly goal?: { readonly of: 'ratio' | 'figure'; readonly most: number } | undefined
  readonly note?: string | undefined
}

/** What a run of the benchmark found, as it is in the JSON file. */
export interface Results {
  readonly at: string
  readonly size: string
  readonly machine: Machine
  readonly data: DataSummary
  readonly figures: readonly Figure[]
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)!, runs: sorted.length }
}

/** The spread of what `run` returns, or of the milliseconds that it takes where that is nothing. */
export async function measured(
  runs: number,
  run: () => Promise<number | void> | number | void,
): Promise<Spread> {
  const values: number[] = []
  for (let i = 0; i < runs; i++) {
    const start = performance.now()
    const value = await run()
    values.push(value ?? performance.now() - start)
  }
  return spreadOf(values)
}

export function scaled({ median, min, max, runs }: Spread, factor: number): Spread {
  return { median: median * factor, min: min * factor, max: max * factor, runs }
}

export function ratioOf({ ours, baseline }: Figure): number | undefined {
  return ours && baseline && ours.median / baseline.value.median
}

/** Whether a figure is as good as its goal; undefined where there is none, or nothing to compare with it. */
export function meetsGoal(figure: Figure): boolean | undefined {
  const { goal, ours } = figure
  const value = goal?.of === 'ratio' ? ratioOf(figure) : ours?.median
  return goal && value !== undefined ? value <= goal.most : undefined
}
