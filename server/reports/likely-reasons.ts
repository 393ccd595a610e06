import type { Change } from '../../shared/change.ts'
import type { StoreId } from '../../shared/ids.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { changesSince } from '../database/changes.ts'
import type { ComputedWith } from '../database/computed-with.ts'
import type { Db } from '../database/connect.ts'
import type { StoredReport } from '../database/reports.ts'
import { pushedSince } from '../database/pushes.ts'
import { readStoreIds } from '../database/store-ids.ts'
import type { Interval } from '../uptime/interval.ts'
import { askedOf } from './asked.ts'
import { timeOf } from './asked-time.ts'
import { createTouching, type TouchingChange } from './touching-changes.ts'

const MOST_TOLD = 10

export interface DifferingStores {
  readonly computedWith: ComputedWith
  /** The keys of the stores that come out otherwise. */
  readonly storeKeys: ReadonlySet<number>
}

/**
 * Why stores of a report may come out otherwise now: what it was computed with, and what has changed of them since it was
 * begun, the newest first.
 */
export async function likelyReasonsOf(
  db: Db,
  report: StoredReport,
  { computedWith, storeKeys }: DifferingStores,
): Promise<string[]> {
  const since = report.started_at ?? report.requested_at
  const time = timeOf(askedOf(report))
  const touching = createTouching(db, storeKeys)
  const likely: TouchingChange[] = []
  let more = 0
  for await (const changes of changesSince(db, since)) {
    const found = await touching(changes.filter((change) => mayMatter(change, report, time)))
    const told = found.slice(0, MOST_TOLD - likely.length)
    likely.push(...told)
    more += found.length - told.length
  }
  const reasons = [
    ...otherVersions(report, computedWith),
    ...(await inWords(db, likely)),
    ...(await pushedReasons(db, since)),
    ...(more > 0 ? [`and ${more} changes before these ("store-monitor changes" lists them)`] : []),
  ]
  return reasons.length > 0 ? reasons : [nothingRecorded]
}

/** Of pushes it is kept how many there were, and not of which stores. */
async function pushedReasons(db: Db, since: number): Promise<string[]> {
  const pushed = await pushedSince(db, since)
  const from = formatTimestamp(since).slice(0, 13)
  return pushed.map(
    ({ source, changed }) =>
      `${changed} ${changed === 1 ? 'poll' : 'polls'} pushed by ${source} from ${from}:00Z on ("store-monitor pushed" lists them by hour)`,
  )
}

const nothingRecorded =
  'nothing that is recorded has changed since: the database was written to by other means, or by a program that does not record changes'

function otherVersions(
  { program_version, zone_data_version }: StoredReport,
  { programVersion, zoneDataVersion }: ComputedWith,
): string[] {
  return [
    ...(program_version === programVersion
      ? []
      : [
          `computed by store-monitor ${program_version ?? 'of an unknown version'}; this is ${programVersion}`,
        ]),
    ...(zone_data_version === zoneDataVersion
      ? []
      : [`computed with time zone data ${zone_data_version ?? 'unknown'}; now it is ${zoneDataVersion}`]),
  ]
}

/** Whether a change is of something that the report was computed from. */
function mayMatter({ kind, from, to }: Change, report: StoredReport, time: Interval): boolean {
  if (kind === 'details') return report.labels !== null
  const isCorrection = kind === 'correction' || kind === 'correction-revoked'
  if (isCorrection && report.corrections === 'ignored') return false
  const isBefore = to !== null && Date.parse(to) <= time.startMs
  const isAfter = from !== null && Date.parse(from) >= time.endMs
  return !isBefore && !isAfter
}

async function inWords(db: Db, changes: readonly TouchingChange[]): Promise<string[]> {
  const keys = changes.flatMap(({ touched }) => touched?.firstKey ?? [])
  const ids = await readStoreIds(db, keys)
  return changes.map(({ change, touched }) => {
    const first = touched && ids.get(touched.firstKey)
    return changeInWords(change, first && firstOf(first, touched.count))
  })
}

function firstOf(storeId: StoreId, count: number): string {
  return count === 1 ? storeId : `${storeId} and ${count - 1} more of them`
}

/** `touched` has those of the stores in question that it touched, where it is of several. */
function changeInWords(
  { at, kind, what, importId, storeId, reason, author }: Change,
  touched: string | undefined,
): string {
  const words = [
    ...(touched === undefined ? [] : [touched]),
    ...(storeId === null || kind === 'store-deleted' ? [] : [storeId]),
    ...(importId === null ? [] : [`import ${importId}`]),
    ...(kind.endsWith('-deleted') ? ['deleted'] : []),
    ...(kind.endsWith('-revoked') ? ['revoked'] : []),
    what,
  ]
  const why = [...(reason === null ? [] : [reason]), ...(author === null ? [] : [`by ${author}`])]
  return `${at}: ${words.join(': ')}${why.length === 0 ? '' : ` (${why.join(', ')})`}`
}
