import Table from 'cli-table3'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import type { CommandContext } from './context.ts'

/** Writes, and waits where the reader is slow. Rejects with `EPIPE` where it has gone away. */
export async function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (stream.errored) throw stream.errored
  if (!stream.write(chunk)) await once(stream, 'drain')
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

/** Columns side by side without lines, on a terminal and in a pipe alike. */
export function formatTable<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  styleHead: (head: string) => string = (head) => head,
): string {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', right: '', 'right-mid': '' }
  const table = new Table({
    head: columns.map(({ head }) => styleHead(head)),
    colAligns: columns.map(({ align = 'left' }) => align),
    chars: {
      ...none,
      ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '' },
      ...{ mid: '', 'mid-mid': '', middle: '  ' },
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  })
  table.push(...rows.map((row) => columns.map(({ cell }) => printable(cell(row)))))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** Without what would move a terminal's cursor: text of a file may hold anything. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\u{fffd}')
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}
