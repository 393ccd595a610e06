import { textProblem } from '../../../shared/text-problem.ts'
import type { TakenLines } from '../csv/line-blocks.ts'
import type { NonEmpty } from './non-empty.ts'

/** Takes the rows of a file, one after the other, and makes of them what is to be changed in the database. */
export interface RowCollector<Data> extends Partial<Disposable> {
  /** Takes a row, or says why it cannot be taken. */
  take(fields: readonly string[]): string | undefined
  /** Takes rows straight from a file's bytes, where the file allows it: see `Scanner`. */
  readonly takeFirst?: ((bytes: Buffer) => TakenLines) | undefined
  /** Rows that were taken. */
  size(): number
  /** No fewer than the stores that they name. */
  storeCount(): number
  /** Keeps at most `rows` of them in memory from here on, where the rows may be too many for it. */
  keepInMemory?(rows: number): void
  /** What the rows change, in steps of at most `rowsPerStep` where they may be parted, to be prepared once, in order. */
  steps(rowsPerStep: number): Steps<Data>
}

/** There is always one, as it is the last step that completes an import. */
export type Steps<Data> = NonEmpty<Step<Data>>

/**
 * A step: what of a file's rows goes into the database in one transaction. Most files have one; the polls of a large one
 * have as many as it takes for each to fit into memory, and each has all polls of a range of stores.
 */
export interface Step<Data> {
  readonly rows: number
  /** Does what takes long without the database. */
  prepare(): Data | Promise<Data>
}

export function storeIdProblem(text: string): string {
  return `store_id ${quoted(text)} is not 1 to 128 letters, digits and . _ : - that start with a letter or digit`
}

/** Why a text that is kept as it is cannot be, or undefined. */
export function columnTextProblem(column: string, text: string): string | undefined {
  const problem = textProblem(text)
  return problem && `${column} ${problem}`
}

/** A field for a message: in quotes, cut where it is long. */
export function quoted(text: string): string {
  return text.length > 100 ? `"${text.slice(0, 100)}…"` : `"${text}"`
}
