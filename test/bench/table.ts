import { meetsGoal, ratioOf, type Figure, type Results, type Spread } from './figures.ts'

export function formatResults({ size, machine, data, figures }: Results): string {
  const { cpu, cores, memoryGiB, platform, node, sqlite, duckdb, loadBefore } = machine
  const mebibytes = (data.bytes / 2 ** 20).toFixed(0)
  return [
    `${size}: ${data.stores} stores, ${data.polls} polls in ${mebibytes} MiB, ${data.source} hours and zones, seed ${data.seed}`,
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, load ${loadBefore} before`,
    `Node.js ${node}, SQLite ${sqlite}, DuckDB ${duckdb}`,
    '',
    formatTable(
      ['metric', 'ours (min–max, runs)', 'baseline', 'ratio', 'goal', 'met?'],
      figures.map((figure) => [
        figure.name,
        figure.ours ? `${formatSpread(figure.ours)} ${figure.unit}` : (figure.note ?? ''),
        figure.baseline ? `${figure.baseline.name} ${formatSpread(figure.baseline.value)}` : '',
        formatNumber(ratioOf(figure)),
        formatGoal(figure),
        formatMet(figure),
      ]),
    ),
    ...figures.filter(({ ours, note }) => ours && note).map(({ name, note }) => `* ${name}: ${note}`),
    '',
  ].join('\n')
}

export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

export function formatSpread({ median, min, max, runs }: Spread): string {
  if (runs === 1) return formatNumber(median)
  return `${formatNumber(median)} (${formatNumber(min)}–${formatNumber(max)}, ${runs})`
}

/** Three digits say all that a measurement knows. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return ''
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function formatGoal({ goal, unit }: Figure): string {
  if (!goal) return ''
  return goal.of === 'ratio' ? `≤ ${goal.most} ×` : `≤ ${goal.most} ${unit}`
}

function formatMet(figure: Figure): string {
  const met = meetsGoal(figure)
  return met === undefined ? '' : met ? 'yes' : 'NO'
}
