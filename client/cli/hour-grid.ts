/** Uptime by hour of the week: a line for each hour, a column for each weekday. */
import { weekdays } from '../../shared/local-date.ts'
import { uptimePercent } from '../../shared/report-columns.ts'
import type { CommandContext } from './context.ts'
import { printTable, type TableColumn } from './output.ts'
import { sumOf, type StatusTimes } from './status-bar.ts'

const HOURS = 24

export const hourGridLegend =
  'in per cent of what was observed (- where nothing was, blank where it is closed):'

interface HourRow {
  readonly name: string
  /** Of each weekday, and of all. */
  readonly times: readonly StatusTimes[]
}

/** `hours` are those of a week, from Monday on. */
export async function printHourGrid(context: CommandContext, hours: readonly StatusTimes[]): Promise<void> {
  const ofHour = Array.from({ length: HOURS }, (_, hour) => {
    const times = weekdays.map((_, day) => hours[day * HOURS + hour]!)
    return { name: `${String(hour).padStart(2, '0')}:00`, times: [...times, sumOf(times)] }
  })
  const ofAll = [...weekdays, 'ALL'].map((_, i) => sumOf(ofHour.map(({ times }) => times[i]!)))
  await printTable(context, columns, [...ofHour, { name: 'ALL', times: ofAll }])
}

const columns: readonly TableColumn<HourRow>[] = [
  { head: 'HOUR', cell: ({ name }) => name },
  ...[...weekdays, 'ALL'].map((head, i) => ({
    head,
    align: 'right' as const,
    cell: ({ times }: HourRow) => percentOf(times[i]!),
  })),
]

function percentOf({ uptimeMs, downtimeMs, unknownMs, excusedMs }: StatusTimes): string {
  if (uptimeMs + downtimeMs + unknownMs + excusedMs === 0) return ''
  return uptimePercent(uptimeMs, downtimeMs)?.toFixed(2) ?? '-'
}
