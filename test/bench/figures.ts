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

export interface Baseline {
  readonly name: string
  readonly value: Spread
  /** Where the two were measured in turn: the ratios of each pair, which a machine that gets slower meanwhile does not change. */
  readonly ratio?: Spread
}

/** Something that was measured; less of it is better. */
export interface Figure {
  readonly name: string
  readonly unit: Unit
  /** undefined where it could not be measured; `note` says why. */
  readonly ours?: Spread | undefined
  readonly baseline?: Baseline | undefined
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

/** Returns what was measured, or nothing where that is the milliseconds that it takes. */
type Run = () => Promise<number | void> | number | void

async function valueOf(run: Run): Promise<number> {
  const start = performance.now()
  return (await run()) ?? performance.now() - start
}

export async function measured(runs: number, run: Run): Promise<Spread> {
  const values: number[] = []
  for (let i = 0; i < runs; i++) values.push(await valueOf(run))
  return spreadOf(values)
}

/** Measures something and what it is compared with in turn. */
export async function measuredInTurn(
  runs: number,
  ours: Run,
  baseline: { readonly name: string; readonly run: Run } | undefined,
): Promise<{ readonly ours: Spread; readonly baseline?: Baseline }> {
  if (baseline === undefined) return { ours: await measured(runs, ours) }
  const pairs: { readonly ours: number; readonly theirs: number }[] = []
  for (let i = 0; i < runs; i++) {
    pairs.push({ ours: await valueOf(ours), theirs: await valueOf(baseline.run) })
  }
  return {
    ours: spreadOf(pairs.map((pair) => pair.ours)),
    baseline: {
      name: baseline.name,
      value: spreadOf(pairs.map((pair) => pair.theirs)),
      ratio: spreadOf(pairs.map((pair) => pair.ours / pair.theirs)),
    },
  }
}

export function scaled({ median, min, max, runs }: Spread, factor: number): Spread {
  return { median: median * factor, min: min * factor, max: max * factor, runs }
}

export function ratioOf({ ours, baseline }: Figure): number | undefined {
  return ours && baseline && (baseline.ratio?.median ?? ours.median / baseline.value.median)
}

/** Whether a figure is as good as its goal; undefined where there is none, or nothing to compare with it. */
export function meetsGoal(figure: Figure): boolean | undefined {
  const { goal, ours } = figure
  const value = goal?.of === 'ratio' ? ratioOf(figure) : ours?.median
  return goal && value !== undefined ? value <= goal.most : undefined
}
