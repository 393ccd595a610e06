import { AppError } from '../../../shared/app-error.ts'
import type { ColumnMap } from '../../../shared/column-map.ts'
import { importKinds, type ImportKind } from '../../../shared/import-kind.ts'
import { columnsOf, columnsOfKinds, namedColumns, type ColumnsOfKinds, type NamedColumns } from './columns.ts'
import { otherFileType } from './file-types.ts'
import { lineBlocks } from './line-blocks.ts'
import type { OpenFile } from './open-file.ts'
import { separators, type Separator } from './quoted-fields.ts'
import { defaultMaxRecordBytes, fieldsOfLine } from './records.ts'
import { readSource } from './source.ts'

/** Enough for nearly any header, so that little more is read. */
const HEADER_BLOCK_BYTES = 4096

/** The first line of a file that is to be imported. */
export type Header = { readonly [Kind in ImportKind]: HeaderOf<Kind> }[ImportKind]

export interface HeaderOf<Kind extends ImportKind> {
  readonly kind: Kind
  /** The line on which it is. */
  readonly line: number
  readonly separator: Separator
  /** How many columns it names. */
  readonly width: number
  /** What it calls them, without the space around. */
  readonly names: readonly string[]
  /** Where the columns of its kind are: those it must have, then those it may have. */
  readonly columns: ColumnPlaces<Kind>
}

export type ColumnPlaces<Kind extends ImportKind> = {
  readonly [Name in keyof ColumnsOfKinds[Kind]['needed']]: number
} & { readonly [Name in keyof ColumnsOfKinds[Kind]['optional']]: number | undefined }

/** The header of no kind that can be imported. */
export interface UnknownHeader {
  readonly kind: undefined
  /** What the file is instead, to be put behind its name. */
  readonly reason: string
}

/** What a file's first line says. Throws an AppError for a file that is empty, or that cannot be read. */
export async function readHeader(file: OpenFile, map: ColumnMap = {}): Promise<Header | UnknownHeader> {
  const { name } = file
  const other = await otherFileType(file)
  if (other !== undefined) return { kind: undefined, reason: other }
  return headerIn((await readSource(file, { blockBytes: HEADER_BLOCK_BYTES })).chunks, name, map)
}

/** Likewise of what comes from elsewhere. */
export async function headerIn(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  map: ColumnMap = {},
): Promise<Header | UnknownHeader> {
  let said: Separator | undefined
  for await (const { firstLine, lines } of lineBlocks(chunks, {
    maxLineBytes: defaultMaxRecordBytes,
  })) {
    for (const [i, line] of lines.entries()) {
      const text = firstLine + i === 1 ? line.replace(/^\uFEFF/, '') : line
      if (text === '') continue
      const separator = said === undefined ? separatorSaid(text) : undefined
      if (separator === undefined) return headerOf({ name, text, line: firstLine + i, said }, map)
      said = separator
    }
  }
  throw new AppError('invalid', `${name} is empty: not even a header is in it`)
}

/** What a line such as `sep=;`, which spreadsheets put before the header, says of the lines below. */
function separatorSaid(line: string): Separator | undefined {
  const character = /^"?sep=(.)"?$/i.exec(line)?.[1]
  return separators.find((separator) => separator === character)
}

interface HeaderLine {
  /** Of the file. */
  readonly name: string
  readonly text: string
  readonly line: number
  /** The separator that a line before it said. */
  readonly said: Separator | undefined
}

function headerOf(header: HeaderLine, map: ColumnMap): Header | UnknownHeader {
  const read = (header.said === undefined ? separators : [header.said]).map((separator) => {
    const names = (fieldsOfLine(header.text, separator) ?? []).map((field) => field.trim())
    return { separator, names, columns: namedColumns(header.name, names, map) }
  })
  for (const { separator, names, columns } of read) {
    const kind = importKinds.find((kind) => missingColumns(kind, columns).length === 0)
    if (kind === undefined) continue
    const { needed, optional } = columnsOfKinds[kind]
    const places = Object.entries<readonly string[]>({ ...needed, ...optional }).map(
      ([name, aliases]) => [name, columns.placeOf(name, aliases)] as const,
    )
    const { line } = header
    const found = { line, separator, width: names.length, names }
    return { kind, ...found, columns: Object.fromEntries(places) as unknown } as Header
  }
  for (const { columns } of read) throwIfOurs(header, columns)
  const text = shown(header.text)
  return {
    kind: undefined,
    reason: `is of no known kind: its first line is "${text}", but needed are (${neededColumns})`,
  }
}

/** The columns that a kind must have and that are not there. */
function missingColumns(kind: ImportKind, columns: NamedColumns): readonly string[] {
  const needed = Object.entries<readonly string[]>(columnsOfKinds[kind].needed)
  return needed.flatMap(([name, aliases]) => (columns.has(name, aliases) ? [] : [name]))
}

/** Throws an AppError for a header that looks like one of ours but for a column. */
function throwIfOurs({ name, text }: HeaderLine, columns: NamedColumns): void {
  for (const kind of importKinds) {
    const missing = missingColumns(kind, columns)
    const isPoll = kind === 'polls' && missing.join() === 'timestamp_utc'
    if (missing.length !== 1 || !(columns.areTelling || isPoll)) continue
    throw new AppError(
      'invalid',
      `${name} lacks the column ${missing[0]}, and has the others of ${kind}: its first line is "${shown(text)}"`,
    )
  }
}

/** The start of a header, fit for a message. */
function shown(text: string): string {
  const start = text.slice(0, 200).replaceAll(/\p{Cc}|\uFFFD/gu, '?')
  return text.length > start.length ? `${start}…` : start
}

/** `polls: store_id, status, timestamp_utc`, and so on for each kind. */
const neededColumns: string = importKinds.map((kind) => `${kind}: ${columnsOf(kind)}`).join('; ')
