import type { AlertChannel, OutboxMessage } from '../../../shared/alert.ts'
import type { OutboxState } from '../../../shared/alert-kinds.ts'
import { AppError } from '../../../shared/app-error.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { printable, printJson, printTable, toTheMinute, type TableColumn } from '../output.ts'

export interface AlertsOptions extends ConnectionOptions, MessageOptions {
  readonly json?: true
}

export interface OutboxOptions extends ConnectionOptions, ListOptions {
  readonly channel?: string
  readonly state?: OutboxState
}

const channelColumns: readonly TableColumn<AlertChannel>[] = [
  { head: 'CHANNEL', cell: ({ name }) => name },
  { head: 'TYPE', cell: ({ type }) => type ?? 'none any more' },
  { head: 'ROUTES', cell: ({ routes }) => routes.join(' ') },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'WAITING', align: 'right', cell: ({ waiting }) => String(waiting) },
  { head: 'DEAD', align: 'right', cell: ({ dead }) => String(dead) },
  { head: 'LAST', cell: ({ lastDeliveredAt }) => toTheMinute(lastDeliveredAt) },
  { head: 'TARGET', cell: ({ target }) => target ?? '' },
]

const messageColumns: readonly TableColumn<OutboxMessage>[] = [
  { head: 'MESSAGE', cell: ({ messageId }) => messageId },
  { head: 'CHANNEL', cell: ({ channel }) => channel },
  { head: 'AT', cell: ({ at }) => toTheMinute(at) },
  { head: 'KIND', cell: ({ kind }) => kind },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'TRIED', align: 'right', cell: ({ attempts }) => String(attempts) },
  { head: 'NEXT', cell: ({ nextAttemptAt }) => toTheMinute(nextAttemptAt) },
  { head: 'ANSWER', cell: ({ answer }) => printable(answer ?? '') },
]

export async function runChannels(context: CommandContext, options: AlertsOptions): Promise<void> {
  const { items } = await withConnection(context, options, ({ client }) => client.alert.channels.query())
  if (options.json) return printJson(context, items)
  if (items.length === 0) {
    say(
      context,
      options,
      'there are none: channels are written in store-monitor.yaml (--config), under alerts',
    )
    return
  }
  await printTable(context, channelColumns, items)
  const failed = items.filter(({ lastError }) => lastError !== null)
  for (const { name, lastError } of failed) say(context, options, `${name}: ${printable(lastError!)}`)
}

/** Fails where it did not arrive, so that scripts see it. */
export async function runTestChannel(
  context: CommandContext,
  options: AlertsOptions,
  name: string,
): Promise<void> {
  await withConnection(context, { ...options, mayCreate: true }, async ({ client }) => {
    const message = await client.alert.test.mutate({ name })
    if (options.json) await printJson(context, [message])
    else await printTable(context, messageColumns, [message])
    if (message.state === 'delivered') return
    throw new AppError(
      'unavailable',
      `the test did not arrive: ${printable(message.answer ?? 'it is being sent')}`,
    )
  })
}

export async function runOutbox(context: CommandContext, options: OutboxOptions): Promise<void> {
  const { channel, state } = options
  const only = { ...(channel === undefined ? {} : { channel }), ...(state === undefined ? {} : { state }) }
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, messageColumns, (page) => client.alert.outbox.query({ ...page, ...only })),
  )
}

export async function runReplay(
  context: CommandContext,
  options: AlertsOptions,
  messageId: string,
): Promise<void> {
  const message = await withConnection(context, options, ({ client }) =>
    client.alert.replay.mutate({ messageId }),
  )
  if (options.json) await printJson(context, [message])
  else await printTable(context, messageColumns, [message])
}
