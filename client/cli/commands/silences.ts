import { AppError } from '../../../shared/app-error.ts'
import type { IncidentCondition, Severity } from '../../../shared/incident-condition.ts'
import type { Silence } from '../../../shared/silence.ts'
import { parseTimestamp, timestampForms } from '../../../shared/timestamp.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext } from '../context.ts'
import { instantAfter } from '../instant-after.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { printable, printJson, printTable, toTheMinute, type TableColumn } from '../output.ts'

export type SilencesOptions = ConnectionOptions & ListOptions

export interface SilenceOptions extends SilencesOptions {
  readonly severity?: Severity[]
  readonly condition?: IncidentCondition[]
  readonly group?: string[]
  readonly store?: string[]
  readonly from?: string
  readonly for?: string
  readonly to?: string
  readonly reason: string
  readonly by?: string
}

const columns: readonly TableColumn<Silence>[] = [
  { head: 'SILENCE', align: 'right', cell: ({ silenceId }) => String(silenceId) },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'FROM', cell: ({ from }) => toTheMinute(from) },
  { head: 'TO', cell: ({ to, endedAt }) => toTheMinute(endedAt ?? to) },
  { head: 'OF', cell: ofWhat },
  { head: 'BY', cell: ({ author }) => author ?? '' },
  { head: 'REASON', cell: ({ reason }) => printable(reason) },
]

function ofWhat({ severity, condition, labels, storeIds }: Silence): string {
  const what = [severity, condition, labels, storeIds].flatMap((one) => one ?? [])
  return what.length === 0 ? 'all' : what.join(' ')
}

export async function runSilences(context: CommandContext, options: SilencesOptions): Promise<void> {
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, columns, (page) => client.alert.silences.query(page)),
  )
}

export async function runSilence(context: CommandContext, options: SilenceOptions): Promise<void> {
  const { severity, condition, group: labels, store: storeIds, from, reason, by = null } = options
  const to = endOf(options, context.now())
  const about = { severity, condition, labels, storeIds, from, to, reason, by }
  const silence = await withConnection(context, { ...options, mayCreate: true }, ({ client }) =>
    client.alert.silence.mutate(about),
  )
  await print(context, options, silence)
}

function endOf({ to, for: duration, from }: SilenceOptions, nowMs: number): string {
  if (to !== undefined && duration !== undefined) {
    throw new AppError('invalid', '--to and --for exclude each other: write one of them')
  }
  if (to !== undefined) return to
  if (duration === undefined) throw new AppError('invalid', 'until when? write --for 2h, or --to a time')
  return instantAfter(from === undefined ? nowMs : beginningOf(from), duration)
}

function beginningOf(from: string): number {
  const ms = parseTimestamp(from)
  if (Number.isFinite(ms)) return ms
  throw new AppError('invalid', `--from: "${from}" is not an instant: write ${timestampForms}`)
}

export async function runEndSilence(
  context: CommandContext,
  options: SilencesOptions & { readonly by?: string },
  silenceId: number,
): Promise<void> {
  const { by = null } = options
  const silence = await withConnection(context, options, ({ client }) =>
    client.alert.endSilence.mutate({ silenceId, by }),
  )
  await print(context, options, silence)
}

async function print(context: CommandContext, { json }: SilencesOptions, silence: Silence): Promise<void> {
  if (json) await printJson(context, [silence])
  else await printTable(context, columns, [silence])
}
