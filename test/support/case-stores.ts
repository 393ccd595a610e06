import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Correction, CorrectionKind } from '../../server/uptime/corrections.ts'
import { correctionKinds } from '../../shared/correction-kind.ts'
import type { SpecialDay, Version } from '../../server/uptime/schedule.ts'
import { localTimeMs, ms } from './judged-store.ts'
import type { DetailedStore } from './slow-twin.ts'

type Row = Readonly<Record<string, string>>

/** The stores of a worked case, in ascending order of id, read as plainly as its files allow. */
export function caseStores(folder: string): [string, DetailedStore][] {
  const rowsOf = (name: string) =>
    Map.groupBy(readRows(join(folder, `${name}.csv`)), (row) => row['store_id']!)
  const polls = rowsOf('store_status')
  const hours = rowsOf('business_hours')
  const zones = rowsOf('timezones')
  const special = rowsOf('special_hours')
  const corrections = rowsOf('corrections')
  const details = rowsOf('store_details')
  const ids = [polls, hours, zones, special, corrections, details].flatMap((rows) => [...rows.keys()])
  return [...new Set(ids)]
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((id) => [
      id,
      {
        schedule: {
          zones: versions(zones.get(id) ?? [], (rows) => rows.at(-1)!['timezone_str']!),
          hours: versions(hours.get(id) ?? [], (rows) =>
            rows.map((row) => ({ day: Number(row['day']), ...spanOf(row) })),
          ),
          specialDays: specialDays(special.get(id) ?? []),
        },
        corrections: (corrections.get(id) ?? []).flatMap(correctionOf),
        polls: (polls.get(id) ?? []).map((row) => ({
          atMs: ms(row['timestamp_utc']!),
          active: row['status'] === 'active',
        })),
      },
    ])
}

function versions<Rule>(rows: readonly Row[], ruleOf: (rows: readonly Row[]) => Rule): Version<Rule>[] {
  return [...Map.groupBy(rows, (row) => (row['valid_from'] ? ms(row['valid_from']) : -Infinity))]
    .map(([validFromMs, ofVersion]) => ({ validFromMs, rule: ruleOf(ofVersion) }))
    .toSorted((a, b) => (a.validFromMs < b.validFromMs ? -1 : 1))
}

function spanOf(row: Row): { startMs: number; endMs: number } {
  return { startMs: localTimeMs(row['start_time_local']!), endMs: localTimeMs(row['end_time_local']!) }
}

function specialDays(rows: readonly Row[]): SpecialDay[] {
  const isTime = (text = '') => /^\d?\d:\d\d(:\d\d)?$/.test(text)
  const isClosed = (row: Row) => !row['start_time_local'] && !row['end_time_local']
  const sound = rows.filter(
    (row) =>
      !Number.isNaN(dateOf(row)) &&
      (isClosed(row) || (isTime(row['start_time_local']) && isTime(row['end_time_local']))),
  )
  return [...Map.groupBy(sound, dateOf)]
    .map(([date, ofDate]) => ({ date, spans: ofDate.filter((row) => !isClosed(row)).map(spanOf) }))
    .toSorted((a, b) => a.date - b.date)
}

function dateOf(row: Row): number {
  const [year, month, day] = row['date']!.split('-').map(Number)
  const at = new Date(Date.UTC(year!, month! - 1, day))
  return at.getUTCDate() === day ? at.getTime() / 86_400_000 : NaN
}

function correctionOf(row: Row): Correction[] {
  const kind = row['kind'] as CorrectionKind
  const fromMs = ms(row['from_utc']!)
  const toMs = ms(row['to_utc']!)
  return row['reason'] && fromMs < toMs && correctionKinds.includes(kind) ? [{ kind, fromMs, toMs }] : []
}

/** Enough of CSV for files without quotes. */
function readRows(file: string): Row[] {
  if (!existsSync(file)) return []
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  const columns = header!.split(',')
  return lines.map((line) => {
    const values = line.split(',')
    return Object.fromEntries(columns.map((column, i) => [column, values[i]!]))
  })
}
