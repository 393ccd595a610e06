import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import { AppError } from '../../shared/app-error.ts'
import type { CommandContext } from './context.ts'

/** Writes, and waits where the reader is slow. Rejects with `EPIPE` where it has gone away, otherwise with an AppError. */
export async function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  try {
    if (stream.errored) throw stream.errored
    if (!stream.write(chunk)) await once(stream, 'drain')
  } catch (error) {
    throw outputError(error)
  }
}

/** What the error of a stream is to the person who waits for its output; `EPIPE` stays as it is. */
export function outputError(error: unknown): unknown {
  if (isClosedPipe(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new AppError('unavailable', `the output cannot be written: ${reason}`, { cause: error })
}

/** Whether an error is that of a reader who has seen enough, such as `head`. */
export function isClosedPipe(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'EPIPE'
}

/** A line of JSON for each. */
export async function printJson({ stdout }: CommandContext, records: readonly unknown[]): Promise<void> {
  for (const record of records) await write(stdout, `${JSON.stringify(record)}\n`)
}

export interface TableColumn<Row> {
  readonly head: string
  readonly cell: (row: Row) => string
  readonly align?: 'left' | 'right'
}

export async function printTable<Row>(
  { stdout }: CommandContext,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): Promise<void> {
  await write(
    stdout,
    `${formatTable(columns, rows, (head) => styleText('bold', head, { stream: stdout }))}\n`,
  )
}

/** Columns side by side without lines between them, on a terminal and in a pipe alike. */
export function formatTable<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  styleHead: (head: string) => string = (head) => head,
): string {
  const body = rows.map((row) => columns.map(({ cell }) => printable(cell(row))))
  const widths = columns.map(({ head }, column) =>
    body.reduce((width, cells) => Math.max(width, cells[column]!.length), head.length),
  )
  const format = (cells: readonly string[]) =>
    cells
      .map((text, i) => padded(text, widths[i]!, columns[i]!.align))
      .join('  ')
      .trimEnd()
  return [styleHead(format(columns.map(({ head }) => head))), ...body.map(format)].join('\n')
}

function padded(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width)
}

/** Without what would move a terminal's cursor: text of a file may hold anything. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\u{fffd}')
}

/** A number of things: `1 row`, `2,000 rows`. */
export function formatAmount(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? '' : 's'}`
}

/** With a comma between thousands; `toLocaleString` would load the data of all locales first, which takes 20 ms. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

/** `2023-01-24T13:53Z` of an instant, nothing of none. */
export function toTheMinute(instant: string | null): string {
  return instant === null ? '' : `${instant.slice(0, 16)}Z`
}
