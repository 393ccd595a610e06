import type { Db } from '../../database/connect.ts'
import { failUnfinishedImports } from '../../database/imports.ts'
import { repeatedly } from '../../repeatedly.ts'

export interface UnfinishedImportsOptions {
  readonly now: () => number
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

/** Records imports as failed whose process is gone: those there are, and now and then those of later. */
export async function watchUnfinishedImports(
  db: Db,
  { now, onError, everyMs = 10_000 }: UnfinishedImportsOptions,
): Promise<AsyncDisposable> {
  await failUnfinishedImports(db, now)
  return repeatedly(() => failUnfinishedImports(db, now), { everyMs, onError })
}
