import { isOfKeys } from '../../../shared/change-kind.ts'
import type { Change, ChangeKind } from '../../../shared/change.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext } from '../context.ts'
import { hint } from '../hint.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { sayNotRecorded } from '../not-recorded.ts'
import { formatAmount, type TableColumn } from '../output.ts'

export interface ChangesOptions extends ConnectionOptions, ListOptions {
  readonly store?: string
  readonly kind?: ChangeKind
  readonly since?: string
}

const columns: readonly TableColumn<Change>[] = [
  { head: 'NUMBER', cell: ({ changeId }) => String(changeId), align: 'right' },
  { head: 'MADE', cell: ({ at }) => at },
  { head: 'KIND', cell: ({ kind }) => kind },
  { head: 'OF', cell: whose },
  { head: 'FROM', cell: ({ from }) => from ?? '' },
  { head: 'TO', cell: ({ to }) => to ?? '' },
  { head: 'BY', cell: ({ author }) => author ?? '' },
  { head: 'WHAT', cell: ({ what, reason }) => (reason === null ? what : `${what} (${reason})`) },
]

export async function runChanges(context: CommandContext, options: ChangesOptions): Promise<void> {
  const { store, kind, since } = options
  const only = {
    ...(store === undefined ? {} : { storeId: store }),
    ...(kind === undefined ? {} : { kind }),
    ...(since === undefined ? {} : { since }),
  }
  await withConnection(context, options, async ({ client, flags }) => {
    let notRecorded = 0
    await printPages(context, options, columns, async (page) => {
      const changes = await client.data.changes.query({ ...page, ...only })
      notRecorded = changes.changesNotRecorded
      return changes
    })
    const howToList = hint(context, 'changes', ...flags)
    sayNotRecorded(context, options, { count: notRecorded, thing: 'change' }, howToList)
  })
}

function whose({ kind, storeId, labels, importId, stores }: Change): string {
  if (isOfKeys(kind)) return ''
  if (storeId !== null) return storeId
  if (importId !== null)
    return `import ${importId}${stores === null ? '' : `, ${formatAmount(stores, 'store')}`}`
  if (labels.length > 0) return labels.join(' ')
  return stores === null ? 'all stores' : formatAmount(stores, 'store')
}
