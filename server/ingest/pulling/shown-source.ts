import type { Source } from '../../../shared/source.ts'
import { formatTimestamp, formatTimestampOrNull } from '../../../shared/timestamp.ts'
import { shownUrl } from '../../config-file/secrets.ts'
import type { SourceSetting } from '../../config-file/source-setting.ts'
import type { StoredSource } from '../../database/sources.ts'
import { nextPullAt } from './schedule.ts'

/** A source as it is shown: what the configuration file says of it, and what became of it. */
export function shownSource(
  name: string,
  setting: SourceSetting | undefined,
  stored: StoredSource | undefined,
  nowMs: number,
): Source {
  return {
    name,
    url: setting === undefined ? null : shownUrl(setting.url),
    schedule: setting?.schedule ?? null,
    zone: setting?.zone ?? null,
    isPulling: stored?.is_claimed ?? false,
    lastAttemptAt: formatTimestampOrNull(stored?.last_attempt_at),
    lastSuccessAt: formatTimestampOrNull(stored?.last_success_at),
    lastOutcome: stored?.last_outcome ?? null,
    lastImportId: stored?.last_import_id ?? null,
    lastError: stored?.last_error ?? null,
    failures: stored?.failures ?? 0,
    nextAt: setting === undefined ? null : nextAt(setting, stored, nowMs),
  }
}

/** Null where no time is known: of one that never was pulled, as soon as a server runs. */
function nextAt(setting: SourceSetting, stored: StoredSource | undefined, nowMs: number): string | null {
  if (stored === undefined || stored.last_attempt_at === null) return null
  const { last_attempt_at: lastAttemptAt, retry_at: retryAt } = stored
  const next = nextPullAt(setting, { lastAttemptAt, retryAt }, nowMs)
  return next > 0 && Number.isFinite(next) ? formatTimestamp(next) : null
}
