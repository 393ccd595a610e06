import type { Change } from '../../../shared/change.ts'
import type { PollDeletion, StoreDeletion } from '../../../shared/deletion.ts'
import { withConnection, type Connection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { hint } from '../hint.ts'
import { formatCount, printJson, printTable, type TableColumn } from '../output.ts'

interface DeletionOptions extends ConnectionOptions, MessageOptions {
  readonly reason: string
  readonly by?: string
  readonly yes?: true
  readonly json?: true
}

export interface DeletePollsOptions extends DeletionOptions {
  readonly from: string
  readonly to: string
  readonly group?: readonly string[]
  readonly all?: true
}

export type DeleteStoreOptions = DeletionOptions

const pollColumns: readonly TableColumn<PollDeletion>[] = [
  { head: 'POLLS', cell: ({ polls }) => formatCount(polls), align: 'right' },
  { head: 'STORES', cell: ({ stores }) => formatCount(stores), align: 'right' },
  { head: 'FIRST', cell: ({ firstPollAt }) => firstPollAt ?? '' },
  { head: 'LAST', cell: ({ lastPollAt }) => lastPollAt ?? '' },
]

const storeColumns: readonly TableColumn<StoreDeletion>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'POLLS', cell: ({ polls }) => formatCount(polls), align: 'right' },
  { head: 'CORRECTIONS', cell: ({ corrections }) => formatCount(corrections), align: 'right' },
  { head: 'FIRST', cell: ({ firstPollAt }) => firstPollAt ?? '' },
  { head: 'LAST', cell: ({ lastPollAt }) => lastPollAt ?? '' },
]

export async function runDeletePolls(
  context: CommandContext,
  options: DeletePollsOptions,
  storeId: string | undefined,
): Promise<void> {
  const { from, to, group, all } = options
  const request = {
    from,
    to,
    ...(storeId === undefined ? {} : { storeId }),
    ...(group === undefined ? {} : { labels: [...group] }),
    ...(all ? { all } : {}),
    ...whyOf(options),
  }
  await withConnection(context, options, async (connection) => {
    const { poll } = connection.client
    const deletion = await deleteOnceCounted(options, (confirm) =>
      poll.delete.mutate({ ...request, ...confirm }),
    )
    if (options.json) await printJson(context, [deletion])
    else await printTable(context, pollColumns, [deletion])
    if (deletion.polls === 0) {
      say(context, options, 'there are none')
      return
    }
    const which = storeId === undefined ? (group ?? []).flatMap((label) => ['--group', label]) : [storeId]
    const words = ['delete-polls', ...which, ...(all ? ['--all'] : []), '--from', from, '--to', to]
    tellWhatBecame(context, options, connection, deletion.change, words)
  })
}

export async function runDeleteStore(
  context: CommandContext,
  options: DeleteStoreOptions,
  storeId: string,
): Promise<void> {
  await withConnection(context, options, async (connection) => {
    const { store } = connection.client
    const deletion = await deleteOnceCounted(options, (confirm) =>
      store.delete.mutate({ storeId, ...whyOf(options), ...confirm }),
    )
    if (options.json) await printJson(context, [deletion])
    else await printTable(context, storeColumns, [deletion])
    tellWhatBecame(context, options, connection, deletion.change, ['delete-store', storeId])
  })
}

function whyOf({ reason, by }: DeletionOptions) {
  return { reason, by: by ?? null }
}

/** Asks what would be deleted, and with `--yes` deletes as much. */
async function deleteOnceCounted<Deletion extends { readonly polls: number }>(
  { yes }: DeletionOptions,
  ask: (confirm: { confirm?: number }) => Promise<Deletion>,
): Promise<Deletion> {
  const planned = await ask({})
  return yes ? ask({ confirm: planned.polls }) : planned
}

function tellWhatBecame(
  context: CommandContext,
  options: DeletionOptions,
  { flags }: Connection,
  change: Change | null,
  words: readonly string[],
): void {
  if (change !== null) {
    say(context, options, `deleted ${change.what}; change ${change.changeId} is the record of it`)
    return
  }
  const { reason, by } = options
  const why = ['--reason', reason, ...(by === undefined ? [] : ['--by', by])]
  const toGoOn = hint(context, ...words, ...why, '--yes', ...flags)
  say(context, options, `nothing has been deleted; to delete it: ${toGoOn}`)
}
