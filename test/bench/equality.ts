import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { ReportRow } from '../../shared/report.ts'

export interface Equality {
  readonly stores: number
  readonly equal: number
}

/** Compares a report's rows, as NDJSON, with the totals that DuckDB wrote: each of them, to the millisecond. */
export async function countEqualStores(rows: Buffer, totalsPath: string): Promise<Equality> {
  const theirs = new Map<string, string>()
  for await (const line of createInterface(createReadStream(totalsPath))) {
    const comma = line.indexOf(',')
    theirs.set(line.slice(0, comma).replaceAll('"', ''), line.slice(comma + 1))
  }
  theirs.delete('store_id')
  const ours = rows
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReportRow)
  const equal = ours.filter((row) => theirs.get(row.storeId) === totalsOf(row)).length
  return { stores: Math.max(ours.length, theirs.size), equal }
}

/** As DuckDB has them. */
function totalsOf(row: ReportRow): string {
  return [
    row.uptimeLastHourMs,
    row.uptimeLastDayMs,
    row.uptimeLastWeekMs,
    row.downtimeLastHourMs,
    row.downtimeLastDayMs,
    row.downtimeLastWeekMs,
  ].join(',')
}
