import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findOutages } from '../../server/uptime/outages.ts'
import { createPeriodJudge } from '../../server/uptime/period-judge.ts'
import { periodNames, timeOnDates, type PeriodUnit } from '../../server/uptime/periods.ts'
import { findSegments } from '../../server/uptime/segments.ts'
import { timeOfDates } from '../../server/uptime/time-of-dates.ts'
import type { Viewpoint } from '../../server/uptime/store-uptime.ts'
import { caseStores } from '../support/case-stores.ts'
import { caseNames, casesFolder } from '../support/cases.ts'
import { judgedInput, ms } from '../support/judged-store.ts'
import type { DetailedStore } from '../support/slow-twin.ts'
import { uptimePercent } from '../../shared/report-columns.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const forever = { startMs: ms('2022-01-01T00:00Z'), endMs: ms('2027-01-01T00:00Z') }

interface Output {
  readonly file: string
  readonly by?: PeriodUnit
  readonly outages?: boolean
  readonly from?: string
  readonly to?: string
  readonly raw?: boolean
  readonly explain?: string
  readonly window?: string
}

interface Case {
  readonly options: { as_of?: string; interpolation?: 'nearest' | 'previous'; reach_hours?: number }
  readonly also?: readonly Output[]
}

const outputs = caseNames.flatMap((name) => {
  const folder = join(casesFolder, name)
  const { options, also = [] } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as Case
  return also.map((output) => ({ name, folder, options, output }))
})

describe('the core alone gives the further output', () => {
  test.for(outputs)('$output.file of $name', ({ folder, options, output }) => {
    const stores = caseStores(folder)
    const latestMs = Math.max(...stores.flatMap(([, { polls }]) => polls.map(({ atMs }) => atMs)))
    const viewpoint = {
      asOfMs: options.as_of === undefined ? latestMs : ms(options.as_of),
      interpolation: options.interpolation ?? 'nearest',
      reachMs: (options.reach_hours ?? 24) * HOUR_MS,
    }
    const raw = stores.map(([id, store]): [string, DetailedStore] => [id, { ...store, corrections: [] }])
    const csv = csvOf(output.raw === true ? raw : stores, viewpoint, output)
    expect(csv).toBe(readFileSync(join(folder, output.file), 'utf8'))
  })
})

function csvOf(stores: readonly [string, DetailedStore][], viewpoint: Viewpoint, output: Output): string {
  const lines = stores.flatMap(([id, store]) => {
    if (output.by !== undefined) return periodLines(id, store, viewpoint, output)
    if (output.outages) return outageLines(id, store, viewpoint, output)
    return id === output.explain ? segmentLines(store, viewpoint, output.window!) : []
  })
  return [headerOf(output), ...lines, ''].join('\n')
}

function headerOf({ by, outages }: Output): string {
  if (by !== undefined) {
    return 'store_id,period,uptime(in hours),downtime(in hours),unknown(in hours),excused(in hours),uptime(in percent)'
  }
  return outages
    ? 'store_id,start,end,downtime(in minutes),shortest(in minutes),longest(in minutes),first_poll,last_poll'
    : 'start,end,status,poll'
}

function periodLines(
  id: string,
  store: DetailedStore,
  viewpoint: Viewpoint,
  { by, from, to }: Output,
): string[] {
  const dates = [dateNumber(from!), dateNumber(to!)] as const
  expect(timeOfDates(...dates, viewpoint.reachMs).startMs).toBeGreaterThan(forever.startMs)
  const { open, weeks, zones, corrections } = judgedInput(store, viewpoint, forever)
  const tallies = createPeriodJudge(by!, ...dates, viewpoint)(open, weeks, zones, corrections)
  return periodNames(by!, ...dates).map((period, i) => {
    const { uptimeMs, downtimeMs, unknownMs, excusedMs } = tallies[i]!
    const totals = [uptimeMs, downtimeMs, unknownMs, excusedMs].map((totalMs) => hundredths(totalMs, HOUR_MS))
    return [id, period, ...totals, uptimePercent(uptimeMs, downtimeMs)?.toFixed(2) ?? ''].join()
  })
}

function outageLines(id: string, store: DetailedStore, viewpoint: Viewpoint, { from, to }: Output): string[] {
  const { zones, ...input } = judgedInput(store, viewpoint, forever)
  const askedFor = timeOnDates(zones, dateNumber(from!), dateNumber(to!))
  const { outages } = findOutages(input, forever, askedFor)
  return outages.map((outage) =>
    [
      id,
      instant(outage.startMs),
      instant(outage.endMs),
      ...[outage.downtimeMs, outage.shortestMs, outage.longestMs].map((lasted) =>
        hundredths(lasted, MINUTE_MS),
      ),
      instant(outage.firstPollMs),
      instant(outage.lastPollMs),
    ].join(),
  )
}

function segmentLines(store: DetailedStore, viewpoint: Viewpoint, window: string): string[] {
  const [from, to] = window.split('/')
  const segments = findSegments(judgedInput(store, viewpoint, forever), {
    startMs: ms(from!),
    endMs: ms(to!),
  })
  return segments.map(({ startMs, endMs, status, pollMs }) =>
    [instant(startMs), instant(endMs), status, instant(pollMs)].join(),
  )
}

function instant(epochMs: number | null): string {
  return epochMs === null ? '' : new Date(epochMs).toISOString()
}

function dateNumber(date: string): number {
  return ms(`${date}T00:00Z`) / DAY_MS
}

function hundredths(totalMs: number, unitMs: number): string {
  return (Math.round(totalMs / (unitMs / 100)) / 100).toFixed(2)
}
