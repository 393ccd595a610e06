import { AppError } from '../../../shared/app-error.ts'
import { columnKey, type ColumnMap, type MappedColumn } from '../../../shared/column-map.ts'
import type { ImportKind } from '../../../shared/import-kind.ts'

/** The columns that a kind of file must have, each with the names it goes by, and those that it may have. */
export const columnsOfKinds = {
  polls: {
    needed: { store_id: ['store_id'], status: ['status'], timestamp_utc: ['timestamp_utc'] },
    optional: {},
  },
  'business-hours': {
    needed: {
      store_id: ['store_id'],
      day: ['day', 'day_of_week'],
      start_time_local: ['start_time_local'],
      end_time_local: ['end_time_local'],
    },
    optional: { valid_from: ['valid_from'] },
  },
  timezones: {
    needed: { store_id: ['store_id'], timezone_str: ['timezone_str', 'timezone'] },
    optional: { valid_from: ['valid_from'] },
  },
  'special-hours': {
    needed: {
      store_id: ['store_id'],
      date: ['date'],
      start_time_local: ['start_time_local'],
      end_time_local: ['end_time_local'],
    },
    optional: {},
  },
  corrections: {
    needed: {
      store_id: ['store_id'],
      from_utc: ['from_utc'],
      to_utc: ['to_utc'],
      kind: ['kind'],
      reason: ['reason'],
    },
    optional: { author: ['author'] },
  },
  orders: {
    needed: {
      store_id: ['store_id'],
      ordered_at_utc: ['ordered_at_utc', 'ordered_at'],
      amount: ['amount', 'total'],
    },
    optional: { currency: ['currency'] },
  },
  revenue: {
    needed: { store_id: ['store_id'], revenue_per_hour: ['revenue_per_hour'] },
    optional: { day: ['day', 'day_of_week'], hour: ['hour'], currency: ['currency'] },
  },
  // Last, as any file may have a column of names.
  'store-details': { needed: { store_id: ['store_id'], name: ['name'] }, optional: {} },
} as const satisfies Record<ImportKind, { needed: ColumnNames; optional: ColumnNames }>

type ColumnNames = Readonly<Partial<Record<MappedColumn, readonly string[]>>>
export type ColumnsOfKinds = typeof columnsOfKinds

/** Columns that no other file is likely to have. */
const tellingColumns = [
  'timestamp_utc',
  'start_time_local',
  'end_time_local',
  'timezone_str',
  'from_utc',
  'to_utc',
  'ordered_at_utc',
].map(columnKey)

/** Where the columns of a header are. */
export interface NamedColumns {
  has(name: string, aliases: readonly string[]): boolean
  /** The place of a column, undefined where it is not there. Throws an AppError where it is there more than once. */
  placeOf(name: string, aliases: readonly string[]): number | undefined
  /** Whether one of them is named as ours are that no other file is likely to have. */
  readonly areTelling: boolean
}

export function namedColumns(file: string, fields: readonly string[], map: ColumnMap): NamedColumns {
  const keys = fields.map(columnKey)

  function placesNamed(names: readonly string[]): number[] {
    const wanted = names.map(columnKey)
    return keys.flatMap((key, place) => (wanted.includes(key) ? [place] : []))
  }

  function placesOf(name: string, aliases: readonly string[]): number[] {
    const mappedName = map[name as MappedColumn]
    const mapped = mappedName === undefined ? [] : placesNamed([mappedName])
    return mapped.length > 0 ? mapped : placesNamed(aliases)
  }

  return {
    has: (name, aliases) => placesOf(name, aliases).length > 0,
    placeOf(name, aliases) {
      const places = placesOf(name, aliases)
      if (places.length <= 1) return places[0]
      const seen = places.map((place) => `"${fields[place]}"`).join(' and ')
      throw new AppError(
        'invalid',
        `${file} has the column ${name} more than once (${seen}): keep one of them`,
      )
    },
    areTelling: keys.some((key) => tellingColumns.includes(key)),
  }
}

/** The columns that files of a kind must have, for messages. */
export function columnsOf(kind: ImportKind): string {
  return Object.keys(columnsOfKinds[kind].needed).join(', ')
}
