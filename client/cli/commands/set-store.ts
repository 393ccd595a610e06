import { AppError } from '../../../shared/app-error.ts'
import type { Store } from '../../../shared/store.ts'
import { formatSpans } from '../../../shared/week-text.ts'
import type { StoreMonitorClient } from '../../client.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext, MessageOptions } from '../context.ts'
import { parseDay, parseWeek } from '../hours-text.ts'
import { printJson, printTable, type TableColumn } from '../output.ts'
import { storeColumns } from './stores.ts'

export interface ChangeOptions extends ConnectionOptions, MessageOptions {
  readonly validFrom?: string
  readonly by?: string
  readonly reason?: string
  readonly json?: true
}

export interface DetailsOptions extends ChangeOptions {
  readonly name?: string
  readonly label?: readonly string[]
}

export async function runSetHours(
  context: CommandContext,
  options: ChangeOptions,
  storeId: string,
  hours: readonly string[],
): Promise<void> {
  const spans = parseWeek(hours)
  await change(context, options, ({ store }) =>
    store.setBusinessHours.mutate({ storeId, spans, ...versionOf(options), ...changedBy(options) }),
  )
}

export async function runSetTimezone(
  context: CommandContext,
  options: ChangeOptions,
  storeId: string,
  timezone: string,
): Promise<void> {
  await change(context, options, ({ store }) =>
    store.setTimezone.mutate({ storeId, timezone, ...versionOf(options), ...changedBy(options) }),
  )
}

export async function runSetSpecialHours(
  context: CommandContext,
  options: ChangeOptions,
  storeId: string,
  date: string,
  hours: readonly string[],
): Promise<void> {
  const spans = parseDay(hours)
  await change(
    context,
    options,
    ({ store }) => store.setSpecialHours.mutate({ storeId, days: [{ date, spans }], ...changedBy(options) }),
    [{ head: 'SPECIAL HOURS', cell: (store) => formatDay(store, date) }],
  )
}

export async function runSetDetails(
  context: CommandContext,
  options: DetailsOptions,
  storeId: string,
): Promise<void> {
  const { name, label = [] } = options
  const labels = Object.fromEntries(label.map(parseLabel))
  if (name === undefined && label.length === 0) {
    throw new AppError(
      'invalid',
      'there is nothing to set: write --name, or --label such as --label city=Berlin',
    )
  }
  const given = { ...(name === undefined ? {} : { name }), ...changedBy(options) }
  await change(context, options, ({ store }) => store.setDetails.mutate({ storeId, labels, ...given }), [
    { head: 'NAME', cell: (store) => store.name ?? '' },
    { head: 'LABELS', cell: (store) => formatLabels(store) },
  ])
}

function formatDay({ specialHours }: Store, date: string): string {
  const day = specialHours.find((special) => special.date === date)
  return day === undefined ? '' : `${date} ${formatSpans(day.spans) || 'closed'}`
}

function formatLabels({ labels }: Store): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(', ')
}

function parseLabel(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new AppError('invalid', `"${text}" is not a label and its value: write, for example, city=Berlin`)
}

function versionOf({ validFrom }: ChangeOptions): { readonly validFrom?: string } {
  return validFrom === undefined ? {} : { validFrom }
}

function changedBy({ by, reason }: ChangeOptions) {
  return { by: by ?? null, reason: reason ?? null }
}

async function change(
  context: CommandContext,
  options: ChangeOptions,
  set: (client: StoreMonitorClient) => Promise<Store>,
  /** What is told of it besides its rules. */
  columns: readonly TableColumn<Store>[] = [],
): Promise<void> {
  await withConnection(context, options, async ({ client }) => {
    const store = await set(client)
    if (options.json) await printJson(context, [store])
    else await printTable(context, [...storeColumns, ...columns], [store])
  })
}
