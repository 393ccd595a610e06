import { lineBlocks, type LineBlock, type TakenLines } from './line-blocks.ts'
import { quotedFields, type Separator } from './quoted-fields.ts'

/** How long a line, or a record of several lines, may be. Far above any real one; it bounds what a stray quote can cost. */
export const defaultMaxRecordBytes = 1024 * 1024

/** Records that follow each other in a file. */
export interface RecordBlock {
  /** The fields of each record. A blank line is one empty field; a record that cannot be read has none. */
  readonly rows: readonly (readonly string[])[]
  /** The line on which record `i` starts. */
  line(i: number): number
  /** Record `i` as the file has it. */
  text(i: number): string
  /** Why record `i` cannot be read, where it has no fields. */
  problem(i: number): string | undefined
}

export interface RecordOptions {
  /** By default a comma. */
  readonly separator?: Separator | undefined
  readonly maxRecordBytes?: number | undefined
  /**
   * Whether a record of several lines can be right: fields that are read never have line breaks, so theirs come from
   * stray quotes. Left out, no record has several lines.
   */
  readonly mayHaveLines?: ((fields: readonly string[]) => boolean) | undefined
  /** Takes lines from the start of bytes before they are made records. Not for files with records of several lines. */
  readonly takeFirst?: ((bytes: Buffer) => TakenLines) | undefined
}

/**
 * The records of a CSV file, blank lines included. Quoted fields are as RFC 4180 has them, line breaks in them included;
 * a line without a quote needs no more than to be split.
 */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  options: RecordOptions = {},
): AsyncGenerator<RecordBlock> {
  const { separator = ',', maxRecordBytes = defaultMaxRecordBytes, mayHaveLines, takeFirst } = options
  const blockOptions = { separator, maxRecordBytes, mayHaveLines, isLast: false }
  let open = noLines(1)
  for await (const next of lineBlocks(chunks, { maxLineBytes: maxRecordBytes, takeFirst })) {
    if (next.tooLong) {
      if (open.lines.length > 0) yield recordsOf(open, { ...blockOptions, isLast: true }).records
      yield problemBlock(next, `the line is longer than ${maxRecordBytes} bytes`)
      open = noLines(next.firstLine + 1)
      continue
    }
    const block = joined(open, next)
    const { records, linesUsed } = recordsOf(block, blockOptions)
    yield records
    open = linesFrom(block, linesUsed)
  }
  if (open.lines.length > 0) yield recordsOf(open, { ...blockOptions, isLast: true }).records
}

function noLines(firstLine: number): LineBlock {
  return { firstLine, lines: [], hasQuotes: false, tooLong: false }
}

function joined(open: LineBlock, next: LineBlock): LineBlock {
  if (open.lines.length === 0) return next
  return { ...open, lines: [...open.lines, ...next.lines], hasQuotes: true }
}

function linesFrom(block: LineBlock, from: number): LineBlock {
  return { ...block, firstLine: block.firstLine + from, lines: block.lines.slice(from) }
}

/** The fields of one line, or undefined where its quotes make no sense. */
export function fieldsOfLine(line: string, separator: Separator): readonly string[] | undefined {
  return line.includes('"') ? quotedFields(line, separator) : line.split(separator)
}

interface BlockOptions {
  readonly separator: Separator
  readonly maxRecordBytes: number
  readonly mayHaveLines: ((fields: readonly string[]) => boolean) | undefined
  /** Whether the file ends with the block. Where it does not, a record that may go on in the next one is left out. */
  readonly isLast: boolean
}

function recordsOf(block: LineBlock, options: BlockOptions): { records: RecordBlock; linesUsed: number } {
  const { firstLine, lines } = block
  if (!block.hasQuotes) return { records: plainRecords(block, options.separator), linesUsed: lines.length }

  const rows: (readonly string[])[] = []
  const starts: number[] = []
  const problems = new Map<number, string>()
  let at = 0
  while (at < lines.length) {
    const record = recordAt(lines, at, options)
    if (record === 'open') break
    if (record === 'stray') problems.set(rows.length, strayQuoteProblem(lines[at]!))
    starts.push(at)
    rows.push(record === 'stray' ? [] : record.fields)
    at += record === 'stray' ? 1 : record.lineCount
  }
  const records: RecordBlock = {
    rows,
    line: (i) => firstLine + starts[i]!,
    text: (i) => lines.slice(starts[i], starts[i + 1] ?? at).join('\n'),
    problem: (i) => problems.get(i),
  }
  return { records, linesUsed: at }
}

function plainRecords({ firstLine, lines }: LineBlock, separator: Separator): RecordBlock {
  return {
    rows: lines.map((line) => line.split(separator)),
    line: (i) => firstLine + i,
    text: (i) => lines[i]!,
    problem: () => undefined,
  }
}

function problemBlock({ firstLine, lines }: LineBlock, problem: string): RecordBlock {
  return { rows: [[]], line: () => firstLine, text: () => lines[0]!, problem: () => problem }
}

/**
 * The record that starts on line `at`; `stray` where its quotes make no sense, `open` where a later block must show that.
 * A quote that a later line closes is taken for right only where `mayHaveLines` agrees: a stray quote would otherwise
 * swallow all rows up to the next one.
 */
function recordAt(
  lines: readonly string[],
  at: number,
  { separator, maxRecordBytes, mayHaveLines, isLast }: BlockOptions,
): { fields: readonly string[]; lineCount: number } | 'open' | 'stray' {
  const alone = fieldsOfLine(lines[at]!, separator)
  if (alone !== undefined) return { fields: alone, lineCount: 1 }
  if (mayHaveLines === undefined || quotesIn(lines[at]!) % 2 === 0) return 'stray'
  let length = lines[at]!.length
  let last = at
  do {
    last++
    if (last === lines.length) return isLast ? 'stray' : 'open'
    length += lines[last]!.length + 1
    if (length > maxRecordBytes) return 'stray'
  } while (quotesIn(lines[last]!) % 2 === 0)
  const fields = quotedFields(lines.slice(at, last + 1).join('\n'), separator)
  return fields !== undefined && mayHaveLines(fields) ? { fields, lineCount: last + 1 - at } : 'stray'
}

function strayQuoteProblem(line: string): string {
  return quotesIn(line) % 2 === 1
    ? 'a quoted field is opened and not closed on the line'
    : 'the quotes are not as CSV has them: a field is quoted as a whole, and a quote in it is doubled'
}

function quotesIn(line: string): number {
  let count = 0
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count++
  return count
}
