import type { CommandContext } from './context.ts'
import { formatTable, type TableColumn } from './output.ts'

/** Where the output is no terminal, or one that does not tell its size. */
const USUAL_WIDTH = 120

export function outputWidth({ stdout }: CommandContext): number {
  return stdout.columns || USUAL_WIDTH
}

export function tableWidth<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): number {
  const lines = formatTable(columns, rows).split('\n')
  return lines.reduce((width, line) => Math.max(width, line.length), 0)
}

export interface FittingColumn<Row> extends TableColumn<Row> {
  /** It is left out where there is no room. */
  readonly isOptional?: true
}

/** The columns but those that are left out: as many, the last ones first, as a table of that width has no room for. */
export function fittingColumns<Row>(
  columns: readonly FittingColumn<Row>[],
  rows: readonly Row[],
  width: number,
): readonly TableColumn<Row>[] {
  let left = columns
  while (tableWidth(left, rows) > width) {
    const last = left.findLastIndex(({ isOptional }) => isOptional)
    if (last < 0) return left
    left = left.filter((_, i) => i !== last)
  }
  return left
}
