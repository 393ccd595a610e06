import type { Poller, TriedPoller } from '../../../shared/poller.ts'
import { formatDuration } from '../../../shared/duration.ts'
import { withConnection } from '../connection.ts'
import { say, type CommandContext } from '../context.ts'
import { formatCount, printable, printJson, printTable, toTheMinute, type TableColumn } from '../output.ts'
import { textOfFile } from '../text-of-file.ts'
import { withoutData } from '../without-data.ts'
import type { SourcesOptions, TrySourceOptions } from './sources.ts'

export interface TryPollerCommandOptions extends TrySourceOptions {
  readonly store?: string
  readonly status: number
}

const columns: readonly TableColumn<Poller>[] = [
  { head: 'POLLER', cell: ({ name }) => name },
  { head: 'STATE', cell: stateOf },
  { head: 'EVERY', cell: ({ everyMs }) => (everyMs === null ? '' : formatDuration(everyMs)) },
  { head: 'STORES', align: 'right', cell: ({ stores }) => (stores === null ? '' : formatCount(stores)) },
  { head: 'ACTIVE', align: 'right', cell: ({ active }) => formatCount(active) },
  { head: 'INACTIVE', align: 'right', cell: ({ inactive }) => formatCount(inactive) },
  { head: 'NO ANSWER', align: 'right', cell: ({ noAnswers }) => formatCount(noAnswers) },
  { head: 'LAST ANSWER', cell: ({ lastAnswerAt }) => toTheMinute(lastAnswerAt) },
  { head: 'URL', cell: ({ url }) => url ?? '' },
]

function stateOf({ url, isPolling, backsOffUntil }: Poller): string {
  if (url === null) return 'none any more'
  if (!isPolling) return 'no server'
  return backsOffUntil === null ? 'polling' : `pausing to ${toTheMinute(backsOffUntil)}`
}

export async function runPollers(context: CommandContext, options: SourcesOptions): Promise<void> {
  const { items } = await withConnection(context, options, ({ client }) => client.poller.list.query())
  if (options.json) return printJson(context, items)
  if (items.length === 0) {
    say(context, options, 'there are none: pollers are written in store-monitor.yaml (--config)')
    return
  }
  await printTable(context, columns, items)
  for (const { name, isTooSlow, reasons } of items) {
    if (isTooSlow) say(context, options, `${name}: its rate is too low to ask all stores that often`)
    for (const { reason, count, example } of reasons) {
      say(context, options, `${name}: ${formatCount(count)} × ${reason}, such as ${printable(example)}`)
    }
  }
}

export async function runTryPoller(
  context: CommandContext,
  options: TryPollerCommandOptions,
  name: string,
): Promise<void> {
  const { store, status } = options
  const asked = {
    name,
    status,
    ...(store === undefined ? {} : { storeId: store }),
    ...(options.answer === undefined ? {} : { answer: await textOfFile(options.answer) }),
  }
  const withPlace = store === undefined ? withConnection : withoutData
  const tried = await withPlace(context, options, ({ client }) => client.poller.try.mutate(asked))
  if (options.json) return printJson(context, [tried])
  await printTable(context, triedColumns, [tried])
}

const triedColumns: readonly TableColumn<TriedPoller>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'STATUS', align: 'right', cell: ({ status }) => String(status ?? '') },
  { head: 'POLL', cell: ({ poll }) => poll ?? 'none' },
  {
    head: 'WHY',
    cell: ({ reason, message }) => (reason === null ? '' : `${reason}: ${message ?? ''}`),
  },
  { head: 'URL', cell: ({ url }) => url },
]
