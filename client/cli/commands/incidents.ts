import type { IncidentRow } from '../../../shared/incident.ts'
import type { IncidentCondition } from '../../../shared/incident-condition.ts'
import { incidentCsvHeader, incidentCsvLine } from '../../../shared/insight-csv.ts'
import { maxPageSize } from '../../../shared/page-size.ts'
import type { StoreMonitorClient } from '../../client.ts'
import { say, type CommandContext } from '../context.ts'
import { fittingColumns, outputWidth, type FittingColumn } from '../fitting-columns.ts'
import { lasted } from '../outage-groups-table.ts'
import { formatCount, printTable, toTheMinute, write } from '../output.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface IncidentsOptions extends DataOptions {
  readonly since?: string
  readonly until?: string
  readonly open?: true
  readonly store?: string
  readonly condition?: IncidentCondition
  /** Each as label=value. */
  readonly group?: string[]
  readonly format?: 'csv' | 'json'
}

export async function runIncidents(context: CommandContext, options: IncidentsOptions): Promise<void> {
  const { stdout } = context
  await withData(context, options, async ({ client }) => {
    const pages = pagesOf(client, options)
    if (options.format === undefined && stdout.isTTY) {
      const rows: IncidentRow[] = []
      for await (const page of pages) rows.push(...page)
      if (rows.length > 0) {
        await printTable(context, fittingColumns(columns, rows, outputWidth(context)), rows)
      } else say(context, options, 'there are none')
      return
    }
    const lineOf =
      options.format === 'json' ? (row: IncidentRow) => `${JSON.stringify(row)}\n` : incidentCsvLine
    // Behind what may be refused.
    let header = options.format === 'json' ? '' : incidentCsvHeader
    for await (const page of pages) {
      context.signal.throwIfAborted()
      await write(stdout, header + page.map(lineOf).join(''))
      header = ''
    }
  })
}

async function* pagesOf(
  client: StoreMonitorClient,
  { since, until, open, store, condition, group }: IncidentsOptions,
): AsyncGenerator<readonly IncidentRow[]> {
  let cursor: string | undefined
  do {
    const page = await client.incident.list.query({
      limit: maxPageSize,
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(open === undefined ? {} : { open }),
      ...(store === undefined ? {} : { storeId: store }),
      ...(condition === undefined ? {} : { condition }),
      ...(group === undefined ? {} : { labels: group }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    yield page.items
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}

const columns: readonly FittingColumn<IncidentRow>[] = [
  { head: 'OF', cell: ({ storeId, group }) => storeId ?? group ?? '(all)' },
  { head: 'CONDITION', cell: ({ condition }) => condition },
  { head: 'SEVERITY', cell: ({ severity }) => severity, isOptional: true },
  { head: 'SINCE', cell: ({ start }) => toTheMinute(start), isOptional: true },
  { head: 'OPENED', cell: ({ opened }) => toTheMinute(opened) },
  { head: 'CLOSED', cell: ({ closed }) => (closed === null ? 'open' : toTheMinute(closed)) },
  { head: 'ENDING', cell: ({ ending }) => ending ?? '', isOptional: true },
  { head: 'MEASURED', cell: measured, align: 'right' },
]

function measured({ condition, value }: IncidentRow): string {
  switch (condition) {
    case 'down':
    case 'no-data':
    case 'late':
      return lasted(value)
    case 'unstable':
      return `${formatCount(value)} changes`
    case 'drop':
      return `${value.toFixed(2)} points`
    case 'uptime':
    case 'budget':
    case 'group-share':
    case 'blind':
      return `${value.toFixed(2)} %`
  }
}
