import { AppError } from '../../../shared/app-error.ts'
import { importKinds, type ImportKind } from '../../../shared/import.ts'
import { lineBlocks } from './line-blocks.ts'
import type { OpenFile } from './open-file.ts'
import { defaultMaxRecordBytes, fieldsOfLine } from './records.ts'
import { readSource } from './source.ts'

/** The columns that a kind of file must have, each with the names it goes by, and those that it may have. */
const columnsOfKinds = {
  polls: {
    needed: { store_id: ['store_id'], status: ['status'], timestamp_utc: ['timestamp_utc'] },
    optional: {},
  },
  'business-hours': {
    needed: {
      store_id: ['store_id'],
      day: ['day', 'dayofweek', 'day_of_week'],
      start_time_local: ['start_time_local'],
      end_time_local: ['end_time_local'],
    },
    optional: { valid_from: ['valid_from'] },
  },
  timezones: {
    needed: { store_id: ['store_id'], timezone_str: ['timezone_str'] },
    optional: { valid_from: ['valid_from'] },
  },
} as const satisfies Record<ImportKind, { needed: ColumnNames; optional: ColumnNames }>

type ColumnNames = Readonly<Record<string, readonly string[]>>
type Columns = typeof columnsOfKinds

/** Enough for nearly any header, so that little more is read. */
const HEADER_BLOCK_BYTES = 4096

/** The first line of a file that is to be imported. */
export type Header = { readonly [Kind in ImportKind]: HeaderOf<Kind> }[ImportKind]

export interface HeaderOf<Kind extends ImportKind> {
  readonly kind: Kind
  /** The line on which it is. */
  readonly line: number
  /** How many columns it names. */
  readonly width: number
  /** Where the columns of its kind are: those it must have, then those it may have. */
  readonly columns: ColumnPlaces<Kind>
}

export type ColumnPlaces<Kind extends ImportKind> = {
  readonly [Name in keyof Columns[Kind]['needed']]: number
} & { readonly [Name in keyof Columns[Kind]['optional']]: number | undefined }

/** The header of no kind that can be imported. */
export interface UnknownHeader {
  readonly kind: undefined
  /** What the file is instead, to be put behind its name. */
  readonly reason: string
}

/** What is known by its columns, and not taken yet. */
const laterKinds = [
  { what: 'special hours', columns: ['store_id', 'date', 'start_time_local', 'end_time_local'] },
  { what: 'corrections', columns: ['store_id', 'from_utc', 'to_utc', 'kind', 'reason'] },
] as const

/** Columns that no other file is likely to have. */
const tellingColumns: readonly string[] = [
  'timestamp_utc',
  'start_time_local',
  'end_time_local',
  'timezone_str',
]

/** What a file's first line says. Throws an AppError for a file that is empty, or that cannot be read. */
export async function readHeader(file: OpenFile): Promise<Header | UnknownHeader> {
  const { name } = file
  const { chunks } = await readSource(file, { blockBytes: HEADER_BLOCK_BYTES })
  for await (const { firstLine, lines } of lineBlocks(chunks, {
    maxLineBytes: defaultMaxRecordBytes,
  })) {
    for (const [i, line] of lines.entries()) {
      const text = firstLine + i === 1 ? line.replace(/^\uFEFF/, '') : line
      if (text !== '') return headerOf(name, text, firstLine + i)
    }
  }
  throw new AppError('invalid', `${name} is empty: not even a header is in it`)
}

function headerOf(file: string, text: string, line: number): Header | UnknownHeader {
  const fields = fieldsOfLine(text) ?? []
  const names = fields.map((field) => field.trim().toLowerCase())
  const has = (aliases: readonly string[]) => aliases.some((alias) => names.includes(alias))
  const kind = importKinds.find((kind) => Object.values(columnsOfKinds[kind].needed).every(has))
  if (kind === undefined) return { kind: undefined, reason: reasonOf(file, text, names) }

  function placeOf(name: string, aliases: readonly string[]): number | undefined {
    const places = names.flatMap((name, place) => (aliases.includes(name) ? [place] : []))
    if (places.length <= 1) return places[0]
    const seen = places.map((place) => `"${fields[place]}"`).join(' and ')
    throw new AppError('invalid', `${file} has the column ${name} more than once (${seen}): keep one of them`)
  }

  const { needed, optional } = columnsOfKinds[kind]
  const columns = Object.entries<readonly string[]>({ ...needed, ...optional }).map(
    ([name, aliases]) => [name, placeOf(name, aliases)] as const,
  )
  return { kind, line, width: fields.length, columns: Object.fromEntries(columns) } as Header
}

/** Why a file is of no kind. Throws an AppError for one that looks like one of ours but for a column. */
function reasonOf(file: string, text: string, names: readonly string[]): string {
  const later = laterKinds.find(({ columns }) => columns.every((column) => names.includes(column)))
  if (later !== undefined) return `holds ${later.what}, which are not taken yet`
  for (const kind of importKinds) {
    const needed = Object.entries<readonly string[]>(columnsOfKinds[kind].needed)
    const missing = needed.filter(([, aliases]) => !aliases.some((alias) => names.includes(alias)))
    const present = needed.filter((column) => !missing.includes(column)).map(([name]) => name)
    const isOurs =
      present.some((name) => tellingColumns.includes(name)) || present.join() === 'store_id,status'
    if (missing.length !== 1 || !isOurs) continue
    throw new AppError(
      'invalid',
      `${file} lacks the column ${missing[0]![0]}, and has the others of ${kind}: its first line is "${shown(text)}"`,
    )
  }
  return `is of no known kind: its first line is "${shown(text)}", but needed are (${neededColumns})`
}

/** The start of a header, fit for a message. */
function shown(text: string): string {
  const start = text.slice(0, 200).replaceAll(/\p{Cc}|\uFFFD/gu, '?')
  return text.length > start.length ? `${start}…` : start
}

/** `polls: store_id, status, timestamp_utc`, and so on for each kind. */
const neededColumns: string = importKinds.map((kind) => `${kind}: ${columnsOf(kind)}`).join('; ')

/** The columns that files of a kind must have, for messages. */
export function columnsOf(kind: ImportKind): string {
  return Object.keys(columnsOfKinds[kind].needed).join(', ')
}
