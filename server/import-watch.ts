import { AppError } from '../shared/app-error.ts'
import type { ImportId } from '../shared/ids.ts'
import type { ImportRecord } from '../shared/import.ts'
import { createLookout } from './lookout.ts'

export interface ImportWatchParts {
  readonly read: (importId: ImportId) => Promise<ImportRecord>
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

export interface ImportWatch {
  /** The record of an import now and at each change, on whichever server it is imported, until it has ended. */
  watch(importId: ImportId, signal?: AbortSignal): AsyncGenerator<ImportRecord, void>
  /** Looks soon, as there may be news of one. */
  lookSoon(): void
}

/** Looks at imports now and then while anybody watches them. */
export function createImportWatch({ read, onError, everyMs = 1000 }: ImportWatchParts): ImportWatch {
  const lookout = createLookout(wakeAll, { everyMs, onError })

  /** Each looks at its own. */
  async function wakeAll(): Promise<void> {
    await Promise.resolve()
    lookout.wake()
  }

  return {
    lookSoon: () => lookout.lookSoon(),
    async *watch(importId, signal) {
      await using watcher = lookout.join(signal)
      let told = ''
      while (signal?.aborted !== true) {
        const woken = watcher.woken() // before it looks, so that it misses nothing
        const record = await read(importId).catch((error: unknown) => {
          if (told === '' || !isAway(error)) throw error
        })
        if (record === undefined) {
          await woken
          continue
        }
        const text = JSON.stringify(record)
        if (text !== told) yield record
        told = text
        if (record.state !== 'running') return
        await woken
      }
    },
  }
}

/** Whether it is the database that is away, which may be back when it is looked again. */
function isAway(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable'
}
