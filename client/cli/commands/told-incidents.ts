import { AppError } from '../../../shared/app-error.ts'
import type { IncidentCondition } from '../../../shared/incident-condition.ts'
import type { ToldIncident, ToldIncidentWithEvents } from '../../../shared/told-incident.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext } from '../context.ts'
import { instantAfter } from '../instant-after.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { printable, printJson, printTable, toTheMinute, write, type TableColumn } from '../output.ts'

export interface ToldOptions extends ConnectionOptions, ListOptions {
  readonly open?: true
  readonly store?: string
  readonly condition?: IncidentCondition
}

export interface AcknowledgeOptions extends ToldOptions {
  readonly note?: string
  readonly for?: string
  readonly until?: string
  readonly by?: string
}

const columns: readonly TableColumn<ToldIncident>[] = [
  { head: 'INCIDENT', align: 'right', cell: ({ incidentId }) => String(incidentId) },
  { head: 'TOLD', cell: ({ told }) => told },
  { head: 'SEVERITY', cell: ({ severity }) => severity },
  { head: 'OPENED', cell: ({ opened }) => toTheMinute(opened) },
  { head: 'CLOSED', cell: ({ closed }) => toTheMinute(closed) },
  { head: 'LAST TOLD', cell: ({ lastTold }) => toTheMinute(lastTold) },
  { head: 'ACKNOWLEDGED', cell: acknowledged },
  { head: 'WHAT', cell: what },
]

function acknowledged({ acknowledgement }: ToldIncident): string {
  if (acknowledgement === null) return ''
  const { by, until, isInForce } = acknowledgement
  const toWhen = until === null ? '' : `until ${toTheMinute(until)}`
  return isInForce ? [by, toWhen].filter(Boolean).join(' ') || 'yes' : 'no more'
}

function what({ summary, storeId, group, condition }: ToldIncident): string {
  return printable(summary || `${condition} ${storeId ?? group ?? ''}`)
}

type Event = ToldIncidentWithEvents['events'][number]
type Message = ToldIncidentWithEvents['messages'][number]

const eventColumns: readonly TableColumn<Event>[] = [
  { head: 'EVENT', align: 'right', cell: ({ sequence }) => String(sequence) },
  { head: 'KIND', cell: ({ kind }) => kind },
  { head: 'AT', cell: ({ at }) => toTheMinute(at) },
  { head: 'WHAT', cell: ({ summary }) => printable(summary) },
]

const messageColumns: readonly TableColumn<Message>[] = [
  { head: 'EVENT', align: 'right', cell: ({ sequence }) => String(sequence) },
  { head: 'CHANNEL', cell: ({ channel }) => channel },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'NEXT', cell: ({ nextAttemptAt }) => toTheMinute(nextAttemptAt) },
  { head: 'ENDED', cell: ({ endedAt }) => toTheMinute(endedAt) },
  { head: 'ANSWER', cell: ({ answer }) => printable(answer ?? '') },
]

export async function runToldIncidents(context: CommandContext, options: ToldOptions): Promise<void> {
  const { open, condition, store: storeId } = options
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, columns, (page) =>
      client.incident.told.query({ open, condition, storeId, ...page }),
    ),
  )
}

export async function runToldIncident(
  context: CommandContext,
  options: ToldOptions,
  incidentId: number,
): Promise<void> {
  const incident = await withConnection(context, options, ({ client }) =>
    client.incident.get.query({ incidentId }),
  )
  if (options.json) return printJson(context, [incident])
  await print(context, options, incident)
  const { note } = incident.acknowledgement ?? {}
  if (note) await write(context.stdout, `\n${printable(note)}\n`)
  await write(context.stdout, '\n')
  await printTable(context, eventColumns, incident.events)
  if (incident.messages.length === 0) return
  await write(context.stdout, '\n')
  await printTable(context, messageColumns, incident.messages)
}

export async function runAcknowledge(
  context: CommandContext,
  options: AcknowledgeOptions,
  incidentId: number,
): Promise<void> {
  const { note = null, by = null } = options
  const until = endOf(options, context.now())
  const incident = await withConnection(context, options, ({ client }) =>
    client.incident.acknowledge.mutate({ incidentId, note, by, until }),
  )
  await print(context, options, incident)
}

function endOf({ until, for: duration }: AcknowledgeOptions, nowMs: number): string | undefined {
  if (until !== undefined && duration !== undefined) {
    throw new AppError('invalid', '--until and --for exclude each other: write one of them')
  }
  return duration === undefined ? until : instantAfter(nowMs, duration)
}

export async function runTakeBack(
  context: CommandContext,
  options: ToldOptions,
  incidentId: number,
): Promise<void> {
  const incident = await withConnection(context, options, ({ client }) =>
    client.incident.takeBack.mutate({ incidentId }),
  )
  await print(context, options, incident)
}

async function print(context: CommandContext, { json }: ToldOptions, incident: ToldIncident): Promise<void> {
  if (json) await printJson(context, [incident])
  else await printTable(context, columns, [incident])
}
