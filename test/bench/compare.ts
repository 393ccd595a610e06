import { readFile } from 'node:fs/promises'
import type { Figure, Results } from './figures.ts'
import { formatNumber, formatSpread, formatTable } from './table.ts'

/** How much worse a figure may get before it counts. */
const TOLERANCE = 1.2

export interface Comparison {
  readonly name: string
  readonly before: Figure
  readonly after: Figure
  readonly ratio: number
  /** Worse by more than the tolerance, and by more than the runs differ among themselves. */
  readonly regressed: boolean
}

/** The figures that both results have, in the order of the later ones. */
export function compareResults(before: Results, after: Results): Comparison[] {
  return after.figures.flatMap((figure) => {
    const earlier = before.figures.find(({ name }) => name === figure.name)
    if (!figure.ours || !earlier?.ours) return []
    const same = figure.ours.median === earlier.ours.median // both may be 0
    const ratio = same ? 1 : figure.ours.median / earlier.ours.median
    const regressed = ratio > TOLERANCE && figure.ours.min > earlier.ours.max
    return [{ name: figure.name, before: earlier, after: figure, ratio, regressed }]
  })
}

export function formatComparison(before: Results, after: Results): string {
  const rows = compareResults(before, after).map((comparison) => [
    comparison.name,
    `${formatSpread(comparison.before.ours!)} ${comparison.before.unit}`,
    `${formatSpread(comparison.after.ours!)} ${comparison.after.unit}`,
    formatNumber(comparison.ratio),
    comparison.regressed ? 'WORSE' : '',
  ])
  return [
    ...differences(before, after).map((difference) => `not the same: ${difference}`),
    formatTable(['metric', `before (${before.at})`, `after (${after.at})`, 'after/before', ''], rows),
    '',
  ].join('\n')
}

/** What besides the program may have made the figures differ. */
function differences(before: Results, after: Results): string[] {
  const facts = ({ size, machine, data }: Results) => ({
    size,
    seed: data.seed,
    data: data.source,
    cpu: machine.cpu,
    cores: machine.cores,
    node: machine.node,
  })
  const later = Object.entries(facts(after))
  return Object.entries(facts(before)).flatMap(([fact, value], i) =>
    later[i]![1] === value ? [] : [`${fact} was ${value} and is ${later[i]![1]}`],
  )
}

export async function readResults(path: string): Promise<Results> {
  return JSON.parse(await readFile(path, 'utf8')) as Results
}
