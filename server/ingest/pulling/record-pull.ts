import type { AppError } from '../../../shared/app-error.ts'
import type { SourceSetting } from '../../config-file/source-setting.ts'
import type { Db } from '../../database/connect.ts'
import { claimSource, endClaim, keepClaim, type StoredSource } from '../../database/sources.ts'
import { repeatedly } from '../../repeatedly.ts'
import { isWorthRetrying, PullError, pullErrorOf } from './pull-error.ts'
import { ImportFailed, type Pulled } from './pull-source.ts'
import { retryAfterMs } from './schedule.ts'

const KEEP_CLAIM_EVERY_MS = 3000

export interface Recording {
  readonly writing: Db
  readonly owner: string
  readonly now: () => number
  readonly random: () => number
  /** Aborted when the process ends. */
  readonly signal: AbortSignal
  readonly onNotice: (text: string) => void
  readonly onError: (error: unknown) => void
}

/**
 * Does a pull as the only one of all processes, and records what came of it, or why it failed; undefined where another is at
 * it, or was since `stored`. Throws where nothing can be recorded.
 */
export async function recordPull(
  recording: Recording,
  source: SourceSetting,
  stored: StoredSource | undefined,
  pull: () => Promise<Pulled>,
): Promise<Pulled | AppError | undefined> {
  const { writing, owner, now, onNotice, onError } = recording
  const { name } = source
  const at = now()
  const lastAttemptAt = stored?.last_attempt_at ?? null
  const failures = failuresBefore(stored)
  const retryAt = retryOfLost(recording, source, failures, at)
  const claim = { name, owner, lastAttemptAt, at, failures, retryAt }
  if (!(await claimSource(writing, claim))) return undefined
  await using _ = repeatedly(() => keepClaim(writing, name, owner), { everyMs: KEEP_CLAIM_EVERY_MS, onError })
  const pulled = await pull().catch((error: unknown) => ({ error }))
  if ('error' in pulled) {
    await endClaim(writing, name, owner, failureOf(recording, source, stored, pulled.error))
    return pullErrorOf(pulled.error)
  }
  await endClaim(writing, name, owner, successOf(pulled, now()))
  if ((stored?.failures ?? 0) > 0) onNotice(`source ${name} is pulled again`)
  return pulled
}

/** One whose process is gone is one more: it may be what ended that. */
function failuresBefore(stored: StoredSource | undefined): number {
  const isLost = stored !== undefined && stored.claimed_by !== null && !stored.is_claimed
  return (stored?.failures ?? 0) + (isLost ? 1 : 0)
}

/** An attempt that nothing more is heard of is made again by whoever comes next; after others that failed, not at once. */
function retryOfLost(
  { random }: Recording,
  { retries }: SourceSetting,
  failures: number,
  at: number,
): number | null {
  if (failures === 0) return 0
  const waitMs = retryAfterMs(failures, retries, random())
  return waitMs === undefined ? null : at + waitMs
}

function successOf(pulled: Pulled, at: number) {
  const { readAs, etag, lastModified, sha256, outcome } = pulled
  return {
    read_as: readAs,
    etag,
    last_modified: lastModified,
    sha256,
    last_success_at: at,
    last_outcome: outcome,
    last_error: null,
    failures: 0,
    retry_at: null,
    ...(outcome === 'imported' ? { last_import_id: pulled.record.importId } : {}),
  }
}

function failureOf(
  { now, random, signal, onNotice, onError }: Recording,
  { name, retries }: SourceSetting,
  stored: StoredSource | undefined,
  error: unknown,
) {
  // Whoever comes next takes it up.
  if (signal.aborted) return { retry_at: now() }
  const appError = pullErrorOf(error)
  if (appError.code === 'internal') onError(error)
  const failures = failuresBefore(stored) + 1
  if ((stored?.failures ?? 0) === 0) onNotice(`source ${name} cannot be pulled: ${appError.message}`)
  const waitMs = isWorthRetrying(appError) ? retryAfterMs(failures, retries, random()) : undefined
  const asked = appError instanceof PullError ? (appError.retryAfterMs ?? 0) : 0
  return {
    last_outcome: 'failed' as const,
    last_error: appError.message,
    failures,
    retry_at: waitMs === undefined ? null : now() + Math.max(waitMs, asked),
    ...(error instanceof ImportFailed ? { last_import_id: error.importId } : {}),
  }
}
