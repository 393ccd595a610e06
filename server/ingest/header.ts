import { importKinds, type ImportKind } from '../../shared/import.ts'
import { AppError } from '../../shared/app-error.ts'
import { defaultMaxRecordBytes, fieldsOfLine } from './records.ts'
import { lineBlocks } from './line-blocks.ts'
import { readSource, type InputFile } from './source.ts'

/** The columns that a kind of file must have, each by the names it goes by, and those it may have. */
const columnNames = {
  polls: { needed: [['store_id'], ['status'], ['timestamp_utc']], optional: [] },
  'business-hours': {
    needed: [['store_id'], ['day', 'dayofweek', 'day_of_week'], ['start_time_local'], ['end_time_local']],
    optional: [['valid_from']],
  },
  timezones: { needed: [['store_id'], ['timezone_str']], optional: [['valid_from']] },
} as const satisfies Record<ImportKind, { needed: string[][]; optional: string[][] }>

/** Enough for nearly any header, so that little more is read. */
const HEADER_BLOCK_BYTES = 4096

/** The first line of a file that is to be imported. */
export interface Header {
  readonly kind: ImportKind
  /** The line on which it is. */
  readonly line: number
  /** How many columns it names. */
  readonly width: number
  /** Where the columns of its kind are: those it must have, then those it may have, -1 for one that it has not. */
  readonly columns: readonly number[]
}

/** What a file turned out to be that has the header of no kind. */
export interface UnknownHeader {
  readonly kind: undefined
  /** Its start, to be shown. */
  readonly seen: string
}

/** What a file's first line says. Throws an AppError for a file that is empty, or that cannot be read. */
export async function readHeader(file: InputFile): Promise<Header | UnknownHeader> {
  const { path } = file
  const { chunks } = await readSource(file, HEADER_BLOCK_BYTES)
  for await (const { firstLine, lines } of lineBlocks(chunks, {
    maxLineBytes: defaultMaxRecordBytes,
  })) {
    for (const [i, line] of lines.entries()) {
      const text = firstLine + i === 1 ? line.replace(/^\uFEFF/, '') : line
      if (text !== '') return headerOf(path, text, firstLine + i)
    }
  }
  throw new AppError('invalid', `${path} is empty: not even a header is in it`)
}

function headerOf(path: string, text: string, line: number): Header | UnknownHeader {
  const fields = fieldsOfLine(text) ?? []
  const names = fields.map((field) => field.trim().toLowerCase())
  const has = (aliases: readonly string[]) => aliases.some((alias) => names.includes(alias))
  const kind = importKinds.find((kind) => columnNames[kind].needed.every(has))
  if (kind === undefined) return { kind: undefined, seen: shown(text) }
  const { needed, optional } = columnNames[kind]
  const columns = [...needed, ...optional].map((aliases: readonly string[]) => {
    const places = names.flatMap((name, place) => (aliases.includes(name) ? [place] : []))
    if (places.length <= 1) return places[0] ?? -1
    const seen = places.map((place) => `"${fields[place]}"`).join(' and ')
    throw new AppError(
      'invalid',
      `${path} has the column ${aliases[0]} more than once (${seen}): keep one of them`,
    )
  })
  return { kind, line, width: fields.length, columns }
}

/** The start of a header, fit for a message. */
function shown(text: string): string {
  const start = text.slice(0, 200).replaceAll(/\p{Cc}|\uFFFD/gu, '?')
  return text.length > start.length ? `${start}…` : start
}

/** `polls: store_id, status, timestamp_utc`, and so on for each kind. */
export const neededColumns: string = importKinds.map((kind) => `${kind}: ${columnsOf(kind)}`).join('; ')

/** The columns that files of a kind must have, for messages. */
export function columnsOf(kind: ImportKind): string {
  return columnNames[kind].needed.map((aliases) => aliases[0]).join(', ')
}
