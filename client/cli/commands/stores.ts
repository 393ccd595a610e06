import type { Store, WeeklySpan } from '../../../shared/store.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import type { TableColumn } from '../output.ts'

export const storeColumns: readonly TableColumn<Store>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'TIMEZONE', cell: ({ timezone }) => timezone ?? 'default' },
  {
    head: 'BUSINESS HOURS',
    cell: ({ businessHours }) => (businessHours === null ? 'always open' : formatWeek(businessHours)),
  },
]

export interface StoreListOptions extends ConnectionOptions, ListOptions {
  /** Each as label=value. */
  readonly group?: string[]
}

export async function runStores(
  context: CommandContext,
  options: StoreListOptions,
  search: string | undefined,
): Promise<void> {
  const { group } = options
  const only = {
    ...(search === undefined ? {} : { search }),
    ...(group === undefined ? {} : { labels: group }),
  }
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, storeColumns, (page) => client.store.list.query({ ...page, ...only })),
  )
}

export const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Days that follow each other and have the same hours together: `Mon-Fri 09:00-17:00, Sat 10:00-14:00 18:00-22:00`. */
export function formatWeek(spans: readonly WeeklySpan[]): string {
  const hoursOfDays = dayNames.map((_, day) =>
    spans
      .filter((span) => span.day === day)
      .map(({ start, end }) => `${formatTime(start)}-${formatTime(end)}`)
      .toSorted()
      .join(' '),
  )
  const runs: string[] = []
  for (let first = 0; first < dayNames.length;) {
    const hours = hoursOfDays[first]!
    let last = first
    while (hoursOfDays[last + 1] === hours) last++
    const days = first === last ? dayNames[first] : `${dayNames[first]}-${dayNames[last]}`
    if (hours !== '') runs.push(`${days} ${hours}`)
    first = last + 1
  }
  return runs.join(', ')
}

function formatTime(time: string): string {
  return time.endsWith(':00') ? time.slice(0, -3) : time
}
