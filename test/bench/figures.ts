import type { DataSummary } from './data.ts'
import type { Machine } from './machine.ts'

/** What several runs gave. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly runs: number
}

export type Unit = 'ms' | 'ns' | 'MiB' | 'bytes' | 'stores' | 'files'

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

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}

/** Returns what was measured, or nothing where that is the milliseconds that it takes. */
type Run = () => Promise<number | void> | number | void

async function valueOf(run: Run): Promise<number> {
  const start = performance.now()
  return (await run()) ?? performance.now() - start
}

async function valuesOf(runs: number, run: Run): Promise<number[]> {
  const values: number[] = []
  for (let i = 0; i < runs; i++) values.push(await valueOf(run))
  return values
}

export async function measured(runs: number, run: Run): Promise<Spread> {
  return spreadOf(await valuesOf(runs, run))
}

export interface Compared {
  readonly ours: Spread
  readonly baseline?: Baseline
}

/**
 * Measures something and what it is compared with in turn, each some times in a row, so that it does not find the
 * processor's caches as the other left them every time.
 */
export async function measuredInTurn(
  turns: number,
  ours: Run,
  baseline: { readonly name: string; readonly run: Run } | undefined,
  inARow = 1,
): Promise<Compared> {
  if (baseline === undefined) return { ours: await measured(turns * inARow, ours) }
  const pairs: { readonly ours: number[]; readonly theirs: number[] }[] = []
  for (let turn = 0; turn < turns; turn++) {
    pairs.push({ ours: await valuesOf(inARow, ours), theirs: await valuesOf(inARow, baseline.run) })
  }
  return {
    ours: spreadOf(pairs.flatMap((pair) => pair.ours)),
    baseline: {
      name: baseline.name,
      value: spreadOf(pairs.flatMap((pair) => pair.theirs)),
      ratio: spreadOf(pairs.map((pair) => spreadOf(pair.ours).median / spreadOf(pair.theirs).median)),
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
