import { randomUUID } from 'node:crypto'
import { connect, type Db } from '../../database/connect.ts'
import { createKnownStores, type KnownStores } from '../../database/known-stores.ts'
import { createLatestPolls, type LatestPolls } from '../../database/tail/latest-polls.ts'

/** What is written to, and what the writer remembers of it. */
export interface OpenDatabase {
  readonly db: Db
  readonly latest: LatestPolls
  readonly stores: KnownStores
  /** Names the writer, in the records of imports. */
  readonly owner: string
}

export async function openDatabase(databaseUrl: string): Promise<OpenDatabase> {
  const db = await connect(databaseUrl, { durable: true, mayCreate: false })
  return { db, latest: createLatestPolls(), stores: createKnownStores(), owner: randomUUID() }
}
