import { AppError } from '../../../shared/app-error.ts'
import type { ImportProgress, ImportRecord } from '../../../shared/import.ts'
import type { MaxRejected } from '../../../shared/max-rejected.ts'
import { bothChanged, nothingChanged } from '../../database/changed.ts'
import { recordChange } from '../../database/changes.ts'
import type { Db } from '../../database/connect.ts'
import { changedInAll, nothingWentIn, readGoneIn } from '../../database/gone-in.ts'
import {
  beatImport,
  completeImport,
  failImport,
  getImport,
  insertImport,
  isToGoOn,
  updateImportCounts,
  type OwnImport,
} from '../../database/imports.ts'
import { insertRejectedRows } from '../../database/rejected-rows.ts'
import { insertRejectionCounts } from '../../database/rejected-summary.ts'
import type { LatestPolls } from '../../database/tail/latest-polls.ts'
import { recordTouchedStores } from '../../database/touched-stores.ts'
import { countAttempt } from '../../database/uploads.ts'
import { recordTakenFile } from '../../database/watched-files.ts'
import { writeAlone, type WriteTx } from '../../database/write-alone.ts'
import { writePolls } from '../../database/write-polls.ts'
import type { PollReader } from '../rows/poll-reader.ts'
import type { HashedRows, ReadLimits, ReadProgress } from '../rows/read-rows.ts'
import { pauseUnlessStopped, throwIfStopped } from '../stop.ts'
import type { FoundFile } from './find-files.ts'
import { startHeartbeat } from './heartbeat.ts'
import { tooManyRejected } from './max-rejected.ts'
import { readChanges, type Change } from './read-changes.ts'

export interface ImportOptions {
  /** Names who imports, in the record. */
  readonly owner: string
  readonly now: () => number
  readonly latest: LatestPolls
  /** A connection for what a power cut may undo. */
  readonly hasty: Db
  readonly heartbeatEveryMs?: number | undefined
  readonly limits: ReadLimits
  /** Who imports, where that is known. */
  readonly by?: string | null | undefined
  /** How many rows may be rejected; with more of them, nothing of the file goes in. */
  readonly maxRejected?: MaxRejected | undefined
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** The import of a file whose bytes are kept, which is recorded already. */
  readonly kept?: OwnImport | undefined
}

/**
 * Imports a file, and returns the record of it, which says so where nothing of it could be taken. The record is there
 * before the file is read, and says so, too, where this throws. The file is read, by `reader` where there is one, and checked outside any transaction, so that others wait only
 * while its rows are written.
 */
export async function importFile(
  db: Db,
  found: FoundFile,
  reader: PollReader | undefined,
  options: ImportOptions,
): Promise<ImportRecord> {
  const { now, latest, limits, onProgress, kept } = options
  const { file, header } = found
  const { name: source, bytes } = file
  let read = { bytesRead: 0, rowsRead: 0 }

  function tellProgress(rowsStored: number): void {
    onProgress?.({ source, ...read, bytesTotal: bytes, rowsStored })
  }

  const startedAt = now()
  async function begin(): Promise<OwnImport> {
    const { owner } = options
    const begun = { source, kind: header.kind, bytes, owner, startedAt }
    return { importId: await insertImport(options.hasty, begun), owner }
  }

  const own = kept ?? (await begin())
  const { importId } = own
  if (kept !== undefined) await countAttempt(db, importId)
  const isAlive = () => (kept === undefined ? beatImport(db, own) : isToGoOn(db, own))
  await using heartbeat = startHeartbeat(isAlive, options.heartbeatEveryMs)
  const signal = options.signal ? AbortSignal.any([heartbeat.signal, options.signal]) : heartbeat.signal
  heartbeat.signal.addEventListener('abort', () => void reader?.[Symbol.asyncDispose]())
  const readOptions = {
    ...limits,
    signal,
    takenInAt: startedAt,
    latest,
    onProgress(progress: ReadProgress) {
      read = progress
      tellProgress(0)
    },
  }
  try {
    await using content = await readChanges(found, reader, readOptions)
    read = { bytesRead: bytes, rowsRead: content.rejected + rowsOf(content) }
    tellProgress(0)
    const problem = content.problem ?? tooManyRejected(content, read.rowsRead, options.maxRejected)
    // Before anything goes in, as whoever writes a watched file may be at it still.
    const sha256 = file.stamp === undefined ? null : await content.sha256()

    async function recordWatched(tx: WriteTx, failure: string | null): Promise<void> {
      const { path } = found
      const { stamp } = file
      if (stamp !== undefined) await recordTakenFile(tx, { path, stamp, sha256, importId, failure }, now())
    }

    const { by } = options
    const storing = {
      what: `${header.kind} of ${source}`,
      by,
      now,
      latest,
      signal,
      onStored: tellProgress,
      isBegunAnew: kept !== undefined,
    }
    if (problem === undefined) await store(db, own, content, { ...storing, recordWatched })
    else await failWithRejectedRows(db, own, content, { failure: problem, now, recordWatched })
  } catch (error) {
    // It is begun anew, here or elsewhere.
    if (kept !== undefined && mayPass(error) && !heartbeat.signal.aborted) throw error
    const failure = failureOf(error)
    await failImport(db, own, { failure, finishedAt: now() })
    const record = await getImport(db, importId)
    throw record.failure === failure ? error : endedByOthers(record, error)
  }
  return await getImport(db, importId)
}

/** Records what became of a file that is in a watched folder. */
type RecordWatched = (tx: WriteTx, failure: string | null) => Promise<void>

interface FailureOptions {
  readonly failure: string
  readonly now: () => number
  readonly recordWatched: RecordWatched
}

async function failWithRejectedRows(
  db: Db,
  own: OwnImport,
  { rejected, rejections, rejectionCounts }: HashedRows<Change>,
  { failure, now, recordWatched }: FailureOptions,
): Promise<void> {
  await writeAlone(db, 'data', async (tx) => {
    await updateImportCounts(tx, own, { accepted: 0, changed: nothingChanged, rejected })
    await insertRejectedRows(tx, own.importId, rejections)
    await insertRejectionCounts(tx, own.importId, rejectionCounts)
    await failImport(tx, own, { failure, finishedAt: now() })
    await recordWatched(tx, failure)
  })
}

function endedByOthers({ importId, source, state, failure }: ImportRecord, cause: unknown): AppError {
  const how = failure === null ? state : `${state} (${failure})`
  return new AppError('conflict', `${source} was not imported: import ${importId} was ended, and is ${how}`, {
    cause,
  })
}

interface StoreOptions extends Pick<ImportOptions, 'by' | 'now' | 'latest' | 'signal'> {
  /** What is imported, in words. */
  readonly what: string
  readonly onStored: (rows: number) => void
  readonly recordWatched: RecordWatched
  /** Whether some of it may have gone in before. */
  readonly isBegunAnew: boolean
}

/** Puts what a file changes into the database, one step after the other; with the last one, the import is complete. */
async function store(
  db: Db,
  own: OwnImport,
  content: HashedRows<Change>,
  { what, by = null, now, latest, signal, onStored, recordWatched, isBegunAnew }: StoreOptions,
): Promise<void> {
  const { rejected, rejections, rejectionCounts, steps } = content
  const { importId } = own
  const before = isBegunAnew ? await readGoneIn(db, importId) : nothingWentIn
  let stored = 0
  let changed = nothingChanged
  let { changeId } = before
  for (const [i, step] of steps.entries()) {
    throwIfStopped(signal)
    const change = await step.prepare()
    throwIfStopped(signal)
    const isLast = i === steps.length - 1
    // A file of one step is hashed about as fast as it is written; of a larger one, others need not wait for it.
    if (isLast && steps.length > 1) await content.sha256()
    stored += step.rows
    const store = async (tx: WriteTx) => {
      const changedNow = await change(tx)
      const changedSoFar = bothChanged(changed, changedNow)
      await updateImportCounts(tx, own, {
        accepted: Math.max(stored, before.accepted),
        changed: changedInAll(before.changed, changedSoFar),
        rejected,
      })
      if (changedNow.rows > 0) {
        const made = { kind: 'import', importId, what, by, reason: null, at: now() } as const
        changeId ??= (await recordChange(tx, made)).changeId
        await recordTouchedStores(tx, changeId, changedNow.storeKeys)
      }
      if (isLast) {
        await insertRejectedRows(tx, importId, rejections)
        await insertRejectionCounts(tx, importId, rejectionCounts)
        await completeImport(tx, own, { sha256: await content.sha256(), finishedAt: now() })
        await recordWatched(tx, null)
      }
      return changedSoFar
    }
    changed = await writePolls(db, latest, store, () => pauseUnlessStopped(signal))
    onStored(stored)
  }
}

function rowsOf({ steps }: HashedRows<Change>): number {
  return steps.reduce((sum, { rows }) => sum + rows, 0)
}

function mayPass(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable'
}

function failureOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
