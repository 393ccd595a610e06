import type { Digest } from '../../../shared/digest.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { printable, printJson, printTable, toTheMinute, type TableColumn } from '../output.ts'

export interface DigestsOptions extends ConnectionOptions, MessageOptions {
  readonly json?: true
}

export interface PreviewCommandOptions extends DigestsOptions {
  readonly date?: string
}

const columns: readonly TableColumn<Digest>[] = [
  { head: 'DIGEST', cell: ({ name }) => name },
  { head: 'CHANNEL', cell: ({ channel }) => channel ?? 'none any more' },
  { head: 'OF', cell: ({ group }) => (group.length === 0 ? 'all stores' : printable(group.join(' '))) },
  { head: 'EVERY', cell: everyOf },
  { head: 'LAST', cell: ({ last }) => last?.period ?? 'none yet' },
  { head: 'TOLD', cell: ({ last }) => toTheMinute(last?.recordedAt ?? null) },
  { head: 'NEXT', cell: ({ next }) => next?.period ?? '' },
  { head: 'DUE', cell: ({ next }) => toTheMinute(next?.dueAt ?? null) },
]

function everyOf({ every, at, zone }: Digest): string {
  return every === null ? '' : `${every} ${at} ${zone}`
}

export async function runDigests(context: CommandContext, options: DigestsOptions): Promise<void> {
  const { items } = await withConnection(context, options, ({ client }) => client.digest.list.query())
  if (options.json) return printJson(context, items)
  if (items.length === 0) {
    say(
      context,
      options,
      'there are none: digests are written in store-monitor.yaml (--config), under alerts',
    )
    return
  }
  await printTable(context, columns, items)
}

export async function runPreviewDigest(
  context: CommandContext,
  options: PreviewCommandOptions,
  name: string,
): Promise<void> {
  const { date } = options
  const preview = await withConnection(context, options, ({ client }) =>
    client.digest.preview.mutate({ name, ...(date === undefined ? {} : { date }) }),
  )
  if (options.json) return printJson(context, [preview])
  const lines = [preview.subject, '', ...preview.text.split('\n')]
  context.stdout.write(`${lines.map(printable).join('\n')}\n`)
}
