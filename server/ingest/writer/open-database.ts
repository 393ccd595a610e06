import { randomUUID } from 'node:crypto'
import { connect, type Db } from '../../database/connect.ts'
import { createKnownStores, type KnownStores } from '../../database/known-stores.ts'
import { createLatestPolls, type LatestPolls } from '../../database/tail/latest-polls.ts'

/** What is written to, and what the writer remembers of it. */
export interface OpenDatabase extends AsyncDisposable {
  readonly db: Db
  /** For what a power cut may undo: it is not waited until that is on disk. */
  readonly hasty: Db
  readonly latest: LatestPolls
  readonly stores: KnownStores
  /** Names the writer, in the records of imports. */
  readonly owner: string
}

export async function openDatabase(databaseUrl: string): Promise<OpenDatabase> {
  await using parts = new AsyncDisposableStack()
  const db = parts.use(await connect(databaseUrl, { durable: true, mayCreate: false }))
  const hasty = parts.use(await connect(databaseUrl, { mayCreate: false, checkpoints: false }))
  const owned = parts.move()
  return {
    db,
    hasty,
    latest: createLatestPolls(),
    stores: createKnownStores(),
    owner: randomUUID(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
