/** What the rows of a report can be sorted and filtered by, without Zod: a page in a browser needs it at run time. */
import {
  percentColumns,
  reportColumns,
  reportWindows,
  type PercentKey,
  type TotalKey,
} from './report-columns.ts'

export const rowOrders = ['ascending', 'descending'] as const

export type WindowName = (typeof reportWindows)[number]['name']
export const windowNames = reportWindows.map(({ name }) => name) as [WindowName, ...WindowName[]]

export type SortColumn = 'storeId' | TotalKey | PercentKey | StateColumn

/** What rows have besides the totals of windows, and can be sorted by. */
export const stateColumns = ['name', 'timezone', 'now', 'downMs', 'since', 'lastPoll', 'change'] as const
export type StateColumn = (typeof stateColumns)[number]

export const sortColumns: readonly SortColumn[] = [
  'storeId',
  ...reportColumns.map(({ key }) => key),
  ...percentColumns.map(({ key }) => key),
  ...stateColumns,
]

/** What a window can have instead of a percentage: business time of which none was observed, or no business time. */
export const unobservedKinds = ['never', 'not-open'] as const
export type Unobserved = (typeof unobservedKinds)[number]

/** The bands of uptime in per cent that stores are counted in: from, and to before; the last is exactly 100. */
export const uptimeBands = [
  { from: 0, to: 50 },
  { from: 50, to: 80 },
  { from: 80, to: 90 },
  { from: 90, to: 95 },
  { from: 95, to: 99 },
  { from: 99, to: 100 },
  { from: 100, to: 100 },
] as const
