import { AppError } from '../../shared/app-error.ts'
import type { DigestContent, DigestFigures } from '../../shared/digest.ts'
import type { ReportId } from '../../shared/ids.ts'
import { writtenLabel } from '../../shared/label.ts'
import { uptimePercent } from '../../shared/report-columns.ts'
import { reportOptions, type Report } from '../../shared/report.ts'
import { formatTimestamp, formatTimestampOrNull } from '../../shared/timestamp.ts'
import type { AlertPayload } from '../alerts/alert-event.ts'
import type { DigestSetting } from '../config-file/digest-setting.ts'
import type { Db } from '../database/connect.ts'
import { readKnownEvents } from '../database/digests.ts'
import { latestPollAt } from '../database/poll-week-summary.ts'
import { getReport } from '../database/reports.ts'
import { hasRevenue } from '../database/store-revenue.ts'
import { eventsOfKinds, lastEventKey, type EventRange } from '../database/told-events.ts'
import { countIncidents } from '../insight/incident-counts.ts'
import { summaryOfPeriods } from '../insight/period-summary.ts'
import { groupSales } from '../insight/sales-groups.ts'
import type { ReportRunner } from '../reports/runner.ts'
import type { DigestPeriod } from './digest-period.ts'

export interface ComposeParts {
  readonly reading: Db
  readonly reports: Pick<ReportRunner, 'trigger' | 'watch'>
  /** A complete report as it is given out as CSV. */
  readonly reportCsv: (reportId: ReportId) => Promise<{ bytes(): AsyncIterable<Uint8Array> }>
  readonly now: () => number
}

const MOST_WORST = 10
/** For how long a report that was begun for a digest is its report: whoever takes it over finds it. */
const SAME_REPORT_MS = 3_600_000

export interface Composed {
  readonly content: DigestContent
  /** The last event of the ledger that it knows of. */
  readonly lastEventKey: number
}

interface Composing {
  /** Whether its report is a new one, whatever was begun for it before. */
  readonly isNew: boolean
  /** Told of its report as soon as there is one. */
  readonly onReport?: (reportId: ReportId) => void
  readonly signal: AbortSignal
}

/** What a digest tells of a period. */
export async function composeDigest(
  parts: ComposeParts,
  setting: DigestSetting,
  period: DigestPeriod,
  composing: Composing,
): Promise<Composed> {
  const { reading } = parts
  const of = { name: setting.name, period: period.name }
  const { before, own } = await readKnownEvents(reading, of, period.dueMs)
  const upTo = own ?? (await lastEventKey(reading))
  const latestMs = await latestPollAt(reading)
  const about = {
    digest: setting.name,
    group: (setting.group ?? []).map(writtenLabel),
    every: setting.every,
    period: period.name,
    from: period.from,
    to: period.to,
    asOf: formatTimestamp(period.dueMs),
    zone: setting.zone,
    latestPollAt: formatTimestampOrNull(latestMs),
    isFeedLate: latestMs === undefined || latestMs < period.endMs,
  }
  const nothing = { ...about, figures: null, reportId: null, csvBytes: null }
  if (latestMs === undefined) return { content: nothing, lastEventKey: upTo }
  const reportId = await completeReport(parts, setting, period, composing)
  const figures = {
    ...(await figuresOf(parts, setting, period, { reportId, signal: composing.signal })),
    ...(await ledgerCounts(reading, { ...period, after: before, upTo }, about.group)),
  }
  const csvBytes = await csvBytesOf(parts, reportId)
  return { content: { ...about, figures, reportId, csvBytes }, lastEventKey: upTo }
}

async function completeReport(
  { reports }: ComposeParts,
  { name, every, group = [] }: DigestSetting,
  { fromBefore, to, dueMs }: DigestPeriod,
  { isNew, onReport, signal }: Composing,
): Promise<ReportId> {
  const given = {
    by: every,
    from: fromBefore,
    to,
    asOf: formatTimestamp(dueMs),
    ...(group.length === 0 ? {} : { labels: group.map(writtenLabel) }),
  }
  const key = `digest ${name} ${JSON.stringify(given)}`
  const { reportId } = await reports.trigger(reportOptions.parse(given), {
    caller: `digest ${name}`,
    ...(isNew ? {} : { once: { key, forMs: SAME_REPORT_MS, untilNews: false } }),
  })
  onReport?.(reportId)
  let last: Report | undefined
  for await (const report of reports.watch(reportId, signal)) last = report
  if (last?.state === 'complete') return reportId
  const why = last?.failure ?? `it is ${last?.state ?? 'gone'}`
  throw new AppError('unavailable', `the report of digest ${name} was not made: ${why}`)
}

async function figuresOf(
  { reading, now }: ComposeParts,
  { group = [] }: DigestSetting,
  period: DigestPeriod,
  { reportId, signal }: { readonly reportId: ReportId; readonly signal: AbortSignal },
): Promise<Omit<DigestFigures, keyof LedgerCounts>> {
  const { report_key } = await getReport(reading, reportId)
  const { stores, unheard, sums, worst } = await summaryOfPeriods(reading, report_key, {
    periods: 2,
    most: MOST_WORST,
  })
  const [before, of] = [sums[0]!, sums[1]!]
  return {
    stores,
    unheard,
    uptimePercent: uptimePercent(of.uptimeMs, of.downtimeMs),
    uptimeMs: of.uptimeMs,
    downtimeMs: of.downtimeMs,
    unknownMs: of.unknownMs,
    uptimePercentBefore: uptimePercent(before.uptimeMs, before.downtimeMs),
    worst: worst.map(({ storeId, storeName, uptimePercent, downtimeMs, unknownMs }) => ({
      storeId,
      storeName,
      uptimePercent,
      downtimeMs,
      unknownMs,
    })),
    incidents: await countIncidents(reading, period, group, { nowMs: now(), signal }),
    salesAtRisk: await salesOf(reading, period, group),
  }
}

type LedgerCounts = Pick<DigestFigures, 'late' | 'withdrawn' | 'onlyHere'>

/** What was recorded since the digest before: what is found late is of any time. */
async function ledgerCounts(db: Db, range: EventRange, group: readonly string[]): Promise<LedgerCounts> {
  const counts = { late: 0, withdrawn: 0, onlyHere: 0 }
  for await (const { kind, payload, isSent } of eventsOfKinds(db, ['opened', 'late', 'withdrawn'], range)) {
    const { labels = [] } = JSON.parse(payload) as AlertPayload
    if (!group.every((label) => labels.includes(label))) continue
    if (kind === 'late') counts.late++
    else if (kind === 'withdrawn') counts.withdrawn++
    else if (!isSent) counts.onlyHere++
  }
  return counts
}

async function salesOf(
  db: Db,
  { from, to, dueMs }: DigestPeriod,
  labels: NonNullable<DigestSetting['group']>,
): Promise<DigestFigures['salesAtRisk']> {
  if (!(await hasRevenue(db))) return []
  const judging = {
    asOf: dueMs,
    interpolation: 'nearest',
    reach: 86_400_000,
    corrections: 'applied',
  } as const
  const { groups } = await groupSales(db, { ...judging, since: from, until: to, labels, recaptured: 0 })
  return groups.flatMap(({ currency, stores, low, middle, high }) =>
    low === null || stores === 0 ? [] : [{ currency, stores, low, middle, high }],
  )
}

async function csvBytesOf({ reportCsv }: ComposeParts, reportId: ReportId): Promise<number> {
  let length = 0
  for await (const bytes of (await reportCsv(reportId)).bytes()) length += bytes.byteLength
  return length
}
