import type { IncidentRow } from '../../../shared/incident.ts'
import type { IncidentCondition } from '../../../shared/incident-condition.ts'
import { incidentCsvHeader, incidentCsvLine } from '../../../shared/insight-csv.ts'
import { allPages, itemsOf, writePages } from '../all-pages.ts'
import { say, type CommandContext } from '../context.ts'
import { fittingColumns, outputWidth, type FittingColumn } from '../fitting-columns.ts'
import { lasted } from '../outage-groups-table.ts'
import { formatCount, printTable, toTheMinute } from '../output.ts'
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
    const pages = allPages((page) => client.incident.list.query({ ...queryOf(options), ...page }))
    if (options.format === undefined && stdout.isTTY) {
      const rows = await itemsOf(pages)
      if (rows.length > 0) {
        await printTable(context, fittingColumns(columns, rows, outputWidth(context)), rows)
      } else say(context, options, 'there are none')
      return
    }
    await writePages(context, pages, options.format, { header: incidentCsvHeader, lineOf: incidentCsvLine })
  })
}

function queryOf({ since, until, open, store, condition, group }: IncidentsOptions) {
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(open === undefined ? {} : { open }),
    ...(store === undefined ? {} : { storeId: store }),
    ...(condition === undefined ? {} : { condition }),
    ...(group === undefined ? {} : { labels: group }),
  }
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
