import { uptimeHundredths, uptimePercent, reportWindows } from '../../../shared/report-columns.ts'
import type { ReportSummary, ReportSummaryQuery } from '../../../shared/report-summary.ts'
import { uptimeBands } from '../../../shared/row-columns.ts'
import { storeStates } from '../../../shared/store-state.ts'
import type { Db } from '../../database/connect.ts'
import { totalsByPart } from '../rows.ts'
import { statusIndexAt } from '../states.ts'
import { storeCountOf, storeKeyAt, totalAt } from '../totals.ts'
import { windowColumns } from '../window-columns.ts'
import { placesByKey, type Places, type ReportColumns } from './report-columns.ts'
import type { StoreZones } from './store-zones.ts'
import { addTotals, noSums, sumsOf, type Sums } from './sums.ts'

export type SummaryFigures = Omit<ReportSummary, 'reportId'>

/** What a summary is made of: rows, and what else is known of their stores. */
export interface SummarySource {
  readonly columns: ReportColumns
  readonly places: Places
  readonly zones: StoreZones
  readonly labels: readonly string[]
  /** The sums of the same stores in the compared report. */
  readonly before: Sums | undefined
}

export function summaryOf(source: SummarySource, window: ReportSummaryQuery['window']): SummaryFigures {
  const { columns, places, labels } = source
  return {
    stores: places.length,
    now: statesIn(columns, places),
    windows: windowsOf(sumsOf(columns, places), source.before),
    distribution: distributionOf(columns, places, window),
    timezones: timezonesOf(source, window),
    labels: [...labels],
  }
}

/** The sums of a complete report's stores that are at some places of another one; that one is read and not kept. */
export async function sumsBefore(
  db: Db,
  columns: ReportColumns,
  places: Places,
  reportKey: number,
): Promise<Sums> {
  const isMeant = new Uint8Array(columns.storeCount)
  for (const place of places) isMeant[place] = 1
  const placeOf = placesByKey(columns)
  const sums = noSums()
  for await (const totals of totalsByPart(db, reportKey)) {
    for (let store = 0; store < storeCountOf(totals); store++) {
      const place = placeOf(storeKeyAt(totals, store))
      if (place >= 0 && isMeant[place] === 1) addTotals(sums, totals, store)
    }
  }
  return sums
}

function statesIn({ states }: ReportColumns, places: Places): SummaryFigures['now'] {
  if (states === undefined) return null
  const counts = storeStates.map(() => 0)
  for (const place of places) counts[statusIndexAt(states, place)]!++
  return Object.fromEntries(storeStates.map((state, i) => [state, counts[i]!])) as SummaryFigures['now']
}

function windowsOf(sums: Sums, before: Sums | undefined): SummaryFigures['windows'] {
  const windows = reportWindows.map(({ name }) => {
    const { uptime, downtime, unknown, excused } = windowColumns[name]
    const [uptimeMs, downtimeMs] = [sums[uptime]!, sums[downtime]!]
    const [unknownMs, excusedMs] = [sums[unknown]!, sums[excused]!]
    return [
      name,
      {
        uptimeMs,
        downtimeMs,
        unknownMs,
        excusedMs,
        uptimePercent: uptimePercent(uptimeMs, downtimeMs),
        observedPercent: uptimePercent(uptimeMs + downtimeMs, unknownMs + excusedMs),
        changePoints: before
          ? pointsBetween([uptimeMs, downtimeMs], [before[uptime]!, before[downtime]!])
          : null,
      },
    ]
  })
  return Object.fromEntries(windows) as SummaryFigures['windows']
}

type Observed = readonly [uptimeMs: number, downtimeMs: number]

function pointsBetween(now: Observed, then: Observed): number | null {
  const [hundredths, before] = [uptimeHundredths(...now), uptimeHundredths(...then)]
  return hundredths < 0 || before < 0 ? null : (hundredths - before) / 100
}

function distributionOf(
  { totals }: ReportColumns,
  places: Places,
  window: ReportSummaryQuery['window'],
): SummaryFigures['distribution'] {
  const { uptime, downtime, unknown, excused } = windowColumns[window]
  const counts = uptimeBands.map(() => 0)
  let never = 0
  let notOpen = 0
  for (const place of places) {
    const hundredths = uptimeHundredths(totalAt(totals, place, uptime), totalAt(totals, place, downtime))
    const restMs = totalAt(totals, place, unknown) + totalAt(totals, place, excused)
    if (hundredths >= 0) counts[uptimeBands.findLastIndex(({ from }) => from * 100 <= hundredths)]!++
    else if (restMs > 0) never++
    else notOpen++
  }
  return [
    ...uptimeBands.map((band, i) => ({ ...band, observed: null, stores: counts[i]! })),
    { from: null, to: null, observed: 'never', stores: never },
    { from: null, to: null, observed: 'not-open', stores: notOpen },
  ]
}

function timezonesOf(
  { columns, places, zones }: SummarySource,
  window: ReportSummaryQuery['window'],
): SummaryFigures['timezones'] {
  const { totals, states } = columns
  const { uptime, downtime, unknown, excused } = windowColumns[window]
  const down = storeStates.indexOf('down')
  const found = zones.names.map((timezone) => ({
    timezone,
    stores: 0,
    down: 0,
    uptimeMs: 0,
    downtimeMs: 0,
    unknownMs: 0,
    excusedMs: 0,
  }))
  for (const place of places) {
    const zone = found[zones.numberOf(storeKeyAt(totals, place))]
    if (zone === undefined) continue
    zone.stores++
    if (states !== undefined && statusIndexAt(states, place) === down) zone.down++
    zone.uptimeMs += totalAt(totals, place, uptime)
    zone.downtimeMs += totalAt(totals, place, downtime)
    zone.unknownMs += totalAt(totals, place, unknown)
    zone.excusedMs += totalAt(totals, place, excused)
  }
  return found
    .filter(({ stores }) => stores > 0)
    .map((zone) => ({ ...zone, uptimePercent: uptimePercent(zone.uptimeMs, zone.downtimeMs) }))
    .sort((a, b) => (a.uptimePercent ?? 101) - (b.uptimePercent ?? 101))
}
