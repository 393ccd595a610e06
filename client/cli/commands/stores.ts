import type { Store } from '../../../shared/store.ts'
import { formatWeek } from '../../../shared/week-text.ts'
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
