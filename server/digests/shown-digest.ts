import type { Digest } from '../../shared/digest.ts'
import { writtenLabel } from '../../shared/label.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { digestIncident } from '../alerts/digest-route.ts'
import type { DigestSetting } from '../config-file/digest-setting.ts'
import type { StoredDigest } from '../database/digests.ts'
import { latestPeriod, periodAfter } from './digest-period.ts'

interface Known {
  readonly name: string
  readonly setting: DigestSetting | undefined
  /** What was told last. */
  readonly recorded: StoredDigest | undefined
  /** What was due last. */
  readonly last: StoredDigest | undefined
  readonly nowMs: number
}

/** A digest as it is shown: what the configuration file says of it, what was told, and what is next. */
export function shownDigest({ name, setting, recorded, last, nowMs }: Known): Digest {
  return {
    name,
    channel: setting?.channel ?? null,
    group: (setting?.group ?? []).map(writtenLabel),
    every: setting?.every ?? null,
    at: setting === undefined ? null : timeText(setting.at),
    zone: setting?.zone ?? null,
    last:
      recorded === undefined
        ? null
        : {
            period: recorded.period,
            recordedAt: formatTimestamp(recorded.recorded_at!),
            reportId: recorded.report_id,
            incident: digestIncident(name, recorded.period),
          },
    next: setting === undefined ? null : nextOf(setting, last, nowMs),
  }
}

function nextOf(setting: DigestSetting, last: StoredDigest | undefined, nowMs: number): Digest['next'] {
  const latest = latestPeriod(setting, nowMs)
  // One that nobody has looked at yet begins with the next.
  const isToTell = last !== undefined && last.due_at <= latest.dueMs && !isOver(last, latest.name)
  const { name, dueMs } = isToTell ? latest : periodAfter(setting, latest)
  return { period: name, dueAt: formatTimestamp(dueMs) }
}

function isOver({ period, state }: StoredDigest, name: string): boolean {
  return period === name && state !== 'due'
}

/** `07:00` */
function timeText(minutes: number): string {
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'))
  return `${hour}:${minute}`
}
