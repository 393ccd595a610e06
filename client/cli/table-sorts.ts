import type { SortColumn } from '../../shared/row-columns.ts'

/** By what a report's table is sorted: the column, and whether its worst are the largest. */
export const orders = {
  store: { sortBy: 'storeId', order: 'ascending' },
  uptime: { sortBy: 'uptimeLastWeekPercent', order: 'ascending' },
  'uptime-day': { sortBy: 'uptimeLastDayPercent', order: 'ascending' },
  'uptime-hour': { sortBy: 'uptimeLastHourPercent', order: 'ascending' },
  downtime: { sortBy: 'downtimeLastWeekMs', order: 'descending' },
  'downtime-day': { sortBy: 'downtimeLastDayMs', order: 'descending' },
  'downtime-hour': { sortBy: 'downtimeLastHourMs', order: 'descending' },
  unknown: { sortBy: 'unknownLastWeekMs', order: 'descending' },
  excused: { sortBy: 'excusedLastWeekMs', order: 'descending' },
} as const satisfies Record<string, { sortBy: SortColumn; order: 'ascending' | 'descending' }>
export type TableSort = keyof typeof orders
export const tableSorts = Object.keys(orders) as TableSort[]
