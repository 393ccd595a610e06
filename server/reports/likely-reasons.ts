import type { Change } from '../../shared/change.ts'
import type { StoreId } from '../../shared/ids.ts'
import { changesSince } from '../database/changes.ts'
import type { ComputedWith } from '../database/computed-with.ts'
import type { Db } from '../database/connect.ts'
import type { StoredReport } from '../database/reports.ts'
import type { Interval } from '../uptime/interval.ts'
import { askedOf } from './asked.ts'
import { timeOf } from './asked-time.ts'

const MOST_LOOKED_AT = 1000
const MOST_TOLD = 10

/**
 * Why a report, or its row of a store, may come out otherwise now: what it was computed with, and what has changed since it
 * was begun of what it was computed from, the newest first.
 */
export async function likelyReasonsOf(
  db: Db,
  report: StoredReport,
  { computedWith, storeId }: { readonly computedWith: ComputedWith; readonly storeId?: StoreId },
): Promise<string[]> {
  const since = report.started_at ?? report.requested_at
  const changes = await changesSince(db, { afterMs: since, storeId, limit: MOST_LOOKED_AT })
  const time = timeOf(askedOf(report))
  const likely = changes.filter((change) => mayMatter(change, report, time))
  const more = likely.length - MOST_TOLD
  const reasons = [
    ...otherVersions(report, computedWith),
    ...likely.slice(0, MOST_TOLD).map(changeInWords),
    ...(more > 0 ? [`and ${more} changes before these ("store-monitor changes" lists them)`] : []),
  ]
  return reasons.length > 0 ? reasons : [nothingRecorded]
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

function changeInWords({ at, kind, what, importId, storeId, reason, author }: Change): string {
  const words = [
    ...(storeId === null || kind === 'store-deleted' ? [] : [storeId]),
    ...(importId === null ? [] : [`import ${importId}`]),
    ...(kind.endsWith('-deleted') ? ['deleted'] : []),
    ...(kind.endsWith('-revoked') ? ['revoked'] : []),
    what,
  ]
  const why = [...(reason === null ? [] : [reason]), ...(author === null ? [] : [`by ${author}`])]
  return `${at}: ${words.join(': ')}${why.length === 0 ? '' : ` (${why.join(', ')})`}`
}
