import { AppError } from '../shared/app-error.ts'
import type { ImportRecord } from '../shared/import.ts'
import type { Caller } from './call.ts'

const LOOK_EVERY_MS = 500
/** For so long a server may be away: another takes its place, or it is started again. */
const AWAY_FOR_MS = 60_000

/** Waits until an import has ended that a server has accepted, whichever server ends it; its record. */
export async function followImport(
  caller: Pick<Caller, 'fetch'>,
  { importId, source }: ImportRecord,
  signal: AbortSignal | undefined,
): Promise<ImportRecord> {
  let heardAt = performance.now()
  for (;;) {
    try {
      const response = await caller.fetch(`/imports/${importId}`, signal ? { signal } : {})
      const record = (await response.json()) as ImportRecord
      if (record.state === 'cancelled') throw wasCancelled(record)
      if (record.state !== 'running') return record
      heardAt = performance.now()
    } catch (error) {
      if (!isAway(error) || performance.now() - heardAt > AWAY_FOR_MS) throw error
    }
    signal?.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }

  function wasCancelled(record: ImportRecord): AppError {
    return new AppError('conflict', `${source} was not imported: import ${record.importId} was cancelled`)
  }
}

/** Whether it is the server that is away, or busy. */
export function isAway(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === 'unavailable' || error.code === 'busy')
}
