/** The CSVs of what is answered at once: rules 25, 29, 30, 39 and 44 of docs/uptime.md. */
import type { GroupRow } from './group.ts'
import type { IncidentRow } from './incident.ts'
import type { OutageGroup, OutageRow } from './outage.ts'
import type { PeriodGroupRow } from './period-group.ts'
import type { DownStore } from './store-now.ts'
import type { PeriodRow } from './report.ts'
import type { SalesGroup, SalesRow } from './sales-at-risk.ts'
import type { SloGroup, SloRow } from './slo.ts'
import type { TimelineSegment } from './timeline.ts'
import { percentColumns, reportColumns, reportWindows } from './report-columns.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const outageCsvHeader =
  'store_id,start,end,downtime(in minutes),shortest(in minutes),longest(in minutes),first_poll,last_poll\n'

export function outageCsvLine(outage: OutageRow): string {
  const { storeId, start, end, downtimeMs, shortestMs, longestMs, firstPoll, lastPoll } = outage
  const lasted = [downtimeMs, shortestMs, longestMs].map(minutes)
  return `${[storeId, start, end ?? '', ...lasted, firstPoll, lastPoll].join()}\n`
}

/** Of outages rolled up by a label. */
export const outageGroupCsvHeader =
  'group,stores,stores_with_outages,outages,ongoing,downtime(in minutes),longest(in minutes),longest_store\n'

export function outageGroupCsvLine(row: OutageGroup): string {
  const { group, stores, storesWithOutages, outages, ongoing, downtimeMs, longest } = row
  const counts = [stores, storesWithOutages, outages, ongoing, minutes(downtimeMs)]
  const ofLongest = longest === null ? ['', ''] : [minutes(longest.downtimeMs), longest.storeId]
  return `${[quoted(group ?? ''), ...counts, ...ofLongest].join()}\n`
}

/** Of what stores lost while they were down: rule 44. */
export const salesCsvHeader =
  'store_id,currency,at_risk_low,at_risk,at_risk_high,basis,downtime(in hours),unpriced(in hours),unknown(in hours)\n'

export function salesCsvLine(row: SalesRow): string {
  const { storeId, currency, low, middle, high, basis, downtimeMs, unpricedMs, unknownMs } = row
  const times = [downtimeMs, unpricedMs, unknownMs].map((ms) => hundredths(ms, HOUR_MS))
  return `${[storeId, currency, low, middle, high, basis, ...times].map((field) => field ?? '').join()}\n`
}

/** The same rolled up. */
export const salesGroupCsvHeader =
  'group,currency,stores,at_risk_low,at_risk,at_risk_high,downtime(in hours),unpriced(in hours),unknown(in hours)\n'

export function salesGroupCsvLine(row: SalesGroup): string {
  const { group, currency, stores, low, middle, high, downtimeMs, unpricedMs, unknownMs } = row
  const times = [downtimeMs, unpricedMs, unknownMs].map((ms) => hundredths(ms, HOUR_MS))
  const fields = [quoted(group ?? ''), currency, stores, low, middle, high, ...times]
  return `${fields.map((field) => field ?? '').join()}\n`
}

const sloColumns =
  'target(in percent),business_time(in hours),budget(in minutes),downtime(in minutes),spent(in percent),left(in minutes),unknown(in hours)'

/** Of where stores stand in a month: rule 39. */
export const sloCsvHeader = `store_id,month,${sloColumns}\n`

export function sloCsvLine(row: SloRow): string {
  return `${[row.storeId, row.month, ...sloFields(row)].join()}\n`
}

/** The same rolled up. */
export const sloGroupCsvHeader = `group,stores,stores_over,${sloColumns}\n`

export function sloGroupCsvLine(row: SloGroup): string {
  return `${[quoted(row.group ?? ''), row.stores, row.overStores, ...sloFields(row)].join()}\n`
}

function sloFields(row: Pick<SloRow, keyof SloRow & keyof SloGroup>): (string | number)[] {
  return [
    row.target,
    hundredths(row.businessMs, HOUR_MS),
    minutes(row.budgetMs),
    minutes(row.downtimeMs),
    percent(row.spentPercent),
    minutes(row.leftMs),
    hundredths(row.unknownMs, HOUR_MS),
  ]
}

/** Of the stores that are down. */
export const downCsvHeader = 'store_id,name,timezone,since,since_is_cut,downtime(in minutes),last_poll\n'

export function downCsvLine(store: DownStore): string {
  const { storeId, name, timezone, since, sinceIsCut, downForMs, lastPoll } = store
  return `${[storeId, quoted(name ?? ''), timezone, since, sinceIsCut, minutes(downForMs), lastPoll].join()}\n`
}

export const segmentCsvHeader = 'start,end,status,poll\n'

export function segmentCsvLine({ start, end, status, poll }: TimelineSegment): string {
  return `${[start, end, status, poll ?? ''].join()}\n`
}

/** Of a store's history, and of a report by period. */
export const periodCsvHeader =
  'store_id,period,uptime(in hours),downtime(in hours),unknown(in hours),excused(in hours),uptime(in percent)\n'

export function periodCsvLine(row: PeriodRow): string {
  return `${[row.storeId, row.period, ...hoursOf(row), percent(row.uptimePercent)].join()}\n`
}

/** The same of groups: rule 32 of docs/uptime.md. */
export const periodGroupCsvHeader =
  'group,period,stores,uptime(in hours),downtime(in hours),unknown(in hours),excused(in hours),uptime(in percent),observed(in percent),median_uptime(in percent)\n'

export function periodGroupCsvLine(row: PeriodGroupRow): string {
  const { group, period, stores, uptimePercent, observedPercent, medianUptimePercent } = row
  const percents = [uptimePercent, observedPercent, medianUptimePercent].map(percent)
  return `${[quoted(group ?? ''), period, stores, ...hoursOf(row), ...percents].join()}\n`
}

/** A report rolled up by a label, with all columns: the sums of a group, and of each window what was observed and the median. */
export const groupCsvHeader = `${[
  'group',
  'stores',
  ...reportColumns.map(({ header }) => header),
  ...percentColumns.map(({ header }) => header),
  ...reportWindows.map(({ label }) => `observed_${label}(in percent)`),
  ...reportWindows.map(({ label }) => `median_uptime_${label}(in percent)`),
].join()}\n`

export function groupCsvLine(row: GroupRow): string {
  const totals = reportColumns.map(({ key, unitMs }) => hundredths(row[key], unitMs))
  const percents = [
    ...percentColumns.map(({ key }) => row[key]),
    ...reportWindows.map(({ name }) => row[`observed${name}Percent`]),
    ...reportWindows.map(({ name }) => row[`medianUptime${name}Percent`]),
  ]
  return `${[quoted(row.group ?? ''), row.stores, ...totals, ...percents.map(percent)].join()}\n`
}

export const incidentCsvHeader = 'store_id,group,condition,severity,start,opened,closed,ending,value\n'

export function incidentCsvLine(row: IncidentRow): string {
  const { storeId, group, condition, severity, start, opened, closed, ending, value } = row
  const what = [storeId ?? '', quoted(group ?? ''), condition, severity]
  return `${[...what, start, opened, closed ?? '', ending ?? '', value].join()}\n`
}

/** Text that people wrote, which may have commas and quotes. */
function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

type Times = Pick<PeriodRow, 'uptimeMs' | 'downtimeMs' | 'unknownMs' | 'excusedMs'>

function hoursOf({ uptimeMs, downtimeMs, unknownMs, excusedMs }: Times): string[] {
  return [uptimeMs, downtimeMs, unknownMs, excusedMs].map((ms) => hundredths(ms, HOUR_MS))
}

function percent(value: number | null): string {
  return value === null ? '' : value.toFixed(2)
}

function minutes(totalMs: number): string {
  return hundredths(totalMs, MINUTE_MS)
}

/** In hundredths, rounded half up from whole milliseconds: rule 17. */
function hundredths(totalMs: number, unitMs: number): string {
  return (Math.round(totalMs / (unitMs / 100)) / 100).toFixed(2)
}
