import { lastChangeId, listChangesAfter } from '../database/changes.ts'
import type { Db } from '../database/connect.ts'
import { repeatedly, type Repetition } from '../repeatedly.ts'
import type { Observe } from './happened.ts'

/** Tells each change of the data, whoever made it, from now on. */
export async function watchChanges(
  db: Db,
  observe: Observe,
  { everyMs = 1000, onError }: Pick<Repetition, 'onError'> & Partial<Repetition>,
): Promise<AsyncDisposable> {
  let last = await lastChangeId(db)

  async function look(): Promise<void> {
    for (const change of await listChangesAfter(db, last)) {
      last = change.changeId
      observe({ type: 'change', change })
    }
  }

  return repeatedly(look, { everyMs, onError })
}
