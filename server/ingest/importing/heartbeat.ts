import type { ImportId } from '../../../shared/ids.ts'
import type { Db } from '../../database/connect.ts'
import { beatImport } from '../../database/imports.ts'

/** Shows that an import is alive for as long as it is not disposed of. */
export interface Heartbeat extends AsyncDisposable {
  /** Aborted when the import is not to go on: it was cancelled, or taken for dead. */
  readonly signal: AbortSignal
}

export function startHeartbeat(db: Db, importId: ImportId, everyMs = 2000): Heartbeat {
  const ended = new AbortController()
  let latest: Promise<void> | undefined

  async function beat(): Promise<void> {
    try {
      if (!(await beatImport(db, importId))) ended.abort()
    } catch {
      // The database is busy: the next beat will do. What is really wrong with it the import finds out itself.
    }
    latest = undefined
  }

  const timer = setInterval(() => {
    latest ??= beat()
  }, everyMs)
  return {
    signal: ended.signal,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await latest
    },
  }
}
