import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseDuration } from '../../shared/duration.ts'
import type { Interpolation } from '../../shared/interpolation.ts'
import {
  measures,
  percentColumns,
  reportColumns,
  reportWindows,
  uptimePercent,
} from '../../shared/report-columns.ts'
import type { Tally } from '../../server/uptime/tally.ts'
import { caseNames, expectedCsvIn } from '../support/cases.ts'
import { judgedStore, localTimeMs, ms } from '../support/judged-store.ts'
import type { Store } from '../support/slow-twin.ts'

const casesDir = join(import.meta.dirname, '../fixtures/cases')

/** They need more than the core and a twin of one rule: a real CSV reader, versions, special days, corrections. */
const notForTheCore = new Set([
  '16-messy-files',
  '17-hours-that-changed',
  '18-special-days',
  '24-corrections',
  '25-as-a-spreadsheet-saves-it',
  '26-thirty-stores-over-weeks',
])

interface Case {
  readonly why: string
  readonly options: {
    readonly as_of?: string
    readonly interpolation?: Interpolation
    readonly reach_hours?: number
  }
}

const names = caseNames.filter((name) => !notForTheCore.has(name))

test.each(names)('the core alone answers %s', (name) => {
  const dir = join(casesDir, name)
  const { options } = JSON.parse(readFileSync(join(dir, 'case.json'), 'utf8')) as Case
  const stores = readStores(dir)
  const latestPollMs = Math.max(...[...stores.values()].flatMap(({ polls }) => polls.map(({ atMs }) => atMs)))
  const viewpoint = {
    asOfMs: options.as_of === undefined ? latestPollMs : ms(options.as_of),
    interpolation: options.interpolation ?? 'nearest',
    reachMs: parseDuration(`${options.reach_hours ?? 24}h`),
  }
  const lines = [...stores]
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([storeId, store]) => [storeId, ...formattedTotals(judgedStore(store, viewpoint))].join(','))
  const columns = [...reportColumns, ...percentColumns]
  const header = ['store_id', ...columns.map((column) => column.header)].join(',')
  expect([header, ...lines, ''].join('\n')).toBe(expectedCsvIn(dir))
})

/** Rule 17's rounding, in the order of `reportColumns`. */
function formattedTotals(tallies: readonly Tally[]): string[] {
  const totalsMs = measures.flatMap(({ name }) => tallies.map((tally) => tally[`${name}Ms`]))
  expect(totalsMs).toHaveLength(measures.length * reportWindows.length)
  const percents = tallies.map(({ uptimeMs, downtimeMs }) => uptimePercent(uptimeMs, downtimeMs))
  return [
    ...reportColumns.map(({ unitMs }, i) => (Math.round(totalsMs[i]! / (unitMs / 100)) / 100).toFixed(2)),
    ...percents.map((percent) => percent?.toFixed(2) ?? ''),
  ]
}

function readStores(dir: string): Map<string, Store> {
  const polls = Map.groupBy(readRows(join(dir, 'store_status.csv')), storeIdOf)
  const hours = Map.groupBy(readRows(join(dir, 'business_hours.csv')), storeIdOf)
  const timezones = Map.groupBy(readRows(join(dir, 'timezones.csv')), storeIdOf)
  const ids = new Set([...polls.keys(), ...hours.keys(), ...timezones.keys()])
  return new Map(
    Array.from(ids, (id) => [
      id,
      {
        timezone: timezones.get(id)?.[0]?.['timezone_str'] ?? 'America/Chicago',
        hours:
          hours.get(id)?.map((row) => ({
            day: Number(row['day']),
            startMs: localTimeMs(row['start_time_local']!),
            endMs: localTimeMs(row['end_time_local']!),
          })) ?? null,
        polls: (polls.get(id) ?? []).map((row) => ({
          atMs: ms(row['timestamp_utc']!),
          active: row['status'] === 'active',
        })),
      },
    ]),
  )
}

function storeIdOf(row: Readonly<Record<string, string>>): string {
  return row['store_id']!
}

/** Enough of CSV for files without quotes. */
function readRows(file: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  const columns = header!.split(',')
  return lines.map((line) => {
    const values = line.split(',')
    return Object.fromEntries(columns.map((column, i) => [column, values[i]!]))
  })
}
