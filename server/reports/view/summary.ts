import { uptimeHundredths, uptimePercent, reportWindows } from '../../../shared/report-columns.ts'
import type { ReportSummary, ReportSummaryQuery } from '../../../shared/report-summary.ts'
import { uptimeBands } from '../../../shared/row-columns.ts'
import { storeStates } from '../../../shared/store-state.ts'
import { statusIndexAt } from '../states.ts'
import { storeKeyAt, totalAt } from '../totals.ts'
import { windowColumns } from '../window-columns.ts'
import type { StoreZones } from './store-zones.ts'
import { addTotals, noSums, type Sums } from './sums.ts'
import type { ViewedPart } from './viewed-parts.ts'

export type SummaryFigures = Omit<ReportSummary, 'reportId'>

/** What is known when all stores were added. */
export interface SummaryEnd {
  readonly labels: readonly string[]
  /** The sums of the same stores in the compared report. */
  readonly before: Sums | undefined
}

/** A report in a few figures, to which its stores are added one by one. */
export interface SummaryMaker {
  add(part: ViewedPart, store: number): void
  figures(end: SummaryEnd): SummaryFigures
}

export function createSummary(zones: StoreZones, window: ReportSummaryQuery['window']): SummaryMaker {
  const states = countStates()
  const sums = noSums()
  const distribution = countBands(window)
  const timezones = sumZones(zones, window)
  let stores = 0
  return {
    add(part, store) {
      stores++
      states.add(part, store)
      addTotals(sums, part.totals, store)
      distribution.add(part, store)
      timezones.add(part, store)
    },
    figures: ({ labels, before }) => ({
      stores,
      now: states.figures(),
      windows: windowsOf(sums, before),
      distribution: distribution.figures(),
      timezones: timezones.figures(),
      labels: [...labels],
    }),
  }
}

interface Maker<Figures> {
  add(part: ViewedPart, store: number): void
  figures(): Figures
}

function countStates(): Maker<SummaryFigures['now']> {
  const counts = storeStates.map(() => 0)
  let areKnown = true
  return {
    add({ states }, store) {
      if (states === undefined) areKnown = false
      else counts[statusIndexAt(states, store)]!++
    },
    figures: () =>
      areKnown
        ? (Object.fromEntries(storeStates.map((state, i) => [state, counts[i]!])) as SummaryFigures['now'])
        : null,
  }
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

function countBands(window: ReportSummaryQuery['window']): Maker<SummaryFigures['distribution']> {
  const { uptime, downtime, unknown, excused } = windowColumns[window]
  const counts = uptimeBands.map(() => 0)
  let never = 0
  let notOpen = 0
  return {
    add({ totals }, store) {
      const hundredths = uptimeHundredths(totalAt(totals, store, uptime), totalAt(totals, store, downtime))
      const restMs = totalAt(totals, store, unknown) + totalAt(totals, store, excused)
      if (hundredths >= 0) counts[uptimeBands.findLastIndex(({ from }) => from * 100 <= hundredths)]!++
      else if (restMs > 0) never++
      else notOpen++
    },
    figures: () => [
      ...uptimeBands.map((band, i) => ({ ...band, observed: null, stores: counts[i]! })),
      { from: null, to: null, observed: 'never', stores: never },
      { from: null, to: null, observed: 'not-open', stores: notOpen },
    ],
  }
}

function sumZones(
  zones: StoreZones,
  window: ReportSummaryQuery['window'],
): Maker<SummaryFigures['timezones']> {
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
  return {
    add({ totals, states }, store) {
      const zone = found[zones.numberOf(storeKeyAt(totals, store)) ?? -1]
      if (zone === undefined) return
      zone.stores++
      if (states !== undefined && statusIndexAt(states, store) === down) zone.down++
      zone.uptimeMs += totalAt(totals, store, uptime)
      zone.downtimeMs += totalAt(totals, store, downtime)
      zone.unknownMs += totalAt(totals, store, unknown)
      zone.excusedMs += totalAt(totals, store, excused)
    },
    figures: () =>
      found
        .filter(({ stores }) => stores > 0)
        .map((zone) => ({ ...zone, uptimePercent: uptimePercent(zone.uptimeMs, zone.downtimeMs) }))
        .sort((a, b) => (a.uptimePercent ?? 101) - (b.uptimePercent ?? 101)),
  }
}
