import { AppError } from './app-error.ts'

/** Our names of the columns that files have. */
export const mappedColumns = [
  'store_id',
  'status',
  'timestamp_utc',
  'day',
  'start_time_local',
  'end_time_local',
  'timezone_str',
  'valid_from',
  'date',
  'from_utc',
  'to_utc',
  'kind',
  'reason',
  'author',
  'name',
  'ordered_at_utc',
  'amount',
  'currency',
  'hour',
  'revenue_per_hour',
] as const
export type MappedColumn = (typeof mappedColumns)[number]

/** What a file calls columns, by our name of them: `store_id` → `Outlet`. */
export type ColumnMap = Readonly<Partial<Record<MappedColumn, string>>>

/** A column's name without what is not looked at in it. */
export function columnKey(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

/** The map that texts such as `store_id=Outlet` make. Throws an `invalid` AppError for one that is none. */
export function parseColumnMap(texts: readonly string[]): ColumnMap {
  const map = new Map<MappedColumn, string>()
  for (const text of texts) {
    const { column, name } = parseMapping(text)
    if (map.has(column)) {
      throw new AppError('invalid', `the map has the column ${column} more than once: keep one of them`)
    }
    map.set(column, name)
  }
  return Object.fromEntries(map)
}

function parseMapping(text: string): { column: MappedColumn; name: string } {
  const [, before = '', name = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const column = mappedColumns.find((column) => columnKey(column) === columnKey(before))
  if (column !== undefined && columnKey(name) !== '') return { column, name: name.trim() }
  throw new AppError(
    'invalid',
    `"${text}" does not say what a file calls a column: write, for example, store_id=Outlet; ` +
      `the columns are ${mappedColumns.join(', ')}`,
  )
}

/** As `parseColumnMap` reads it. */
export function formatColumnMap(map: ColumnMap): readonly string[] {
  return Object.entries(map).map(([column, name]) => `${column}=${name}`)
}
