import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { connect, type Db } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { offsetOf, isActive, POLL_WEEK_MS } from '../../server/uptime/poll-week.ts'
import { weeksWithPolls } from '../../server/database/poll-week-summary.ts'
import { readPollWeeks } from '../../server/database/read-polls.ts'
import type { ImportPathsOptions } from '../../server/ingest/importing/begin-import.ts'
import { importPaths } from '../../server/ingest/importing/import-here.ts'
import type { ImportRecord } from '../../shared/import.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { testDatabase } from './test-database.ts'

export const noon = Date.parse('2023-02-01T12:00:00Z')

export interface ImportScene extends AsyncDisposable {
  readonly db: Db
  readonly databaseUrl: string
  /** Writes a file, and returns its path. */
  write(name: string, content: string | Uint8Array): Promise<string>
  /** The path of a file or folder that may not be there. */
  path(name: string): string
  import(
    paths: string | readonly string[],
    options?: Partial<ImportPathsOptions>,
  ): Promise<readonly ImportRecord[]>
}

/** An empty database and a folder to put files in. */
export async function importScene(): Promise<ImportScene> {
  const folder = await temporaryFolder()
  const database = await testDatabase()
  const db = await connect(database.url)
  await migrateToLatest(db)
  return {
    db,
    databaseUrl: database.url,
    path: (name) => folder.file(name),
    async write(name, content) {
      const path = folder.file(name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
      return path
    },
    async import(paths, options) {
      const { records } = await importPaths(() => Promise.resolve(db), [paths].flat(), {
        now: () => noon,
        ...options,
      })
      return records
    },
    async [Symbol.asyncDispose]() {
      await db.destroy()
      await database[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

export function pollFile(rows: readonly (readonly [store: string, status: string, at: string])[]): string {
  return ['store_id,status,timestamp_utc', ...rows.map((row) => row.join(','))].join('\n')
}

/** All stored polls: `store status instant`, by store and time. */
export async function storedPolls(db: Db): Promise<string[]> {
  const stores = await db.selectFrom('store').select(['store_key', 'store_id']).orderBy('store_id').execute()
  const storeKeys = stores.map(({ store_key }) => store_key).sort((a, b) => a - b)
  const ofWeeks = await readPollWeeks(db, await weeksWithPolls(db), storeKeys)
  return stores.flatMap(({ store_key, store_id }) =>
    ofWeeks.flatMap(({ week, storeKeys, words, from, to }) => {
      const place = storeKeys.indexOf(store_key)
      if (place < 0) return []
      return Array.from(words.subarray(from[place], to[place]), (word) => {
        const at = formatTimestamp(week * POLL_WEEK_MS + offsetOf(word))
        return `${store_id} ${isActive(word) ? 'active' : 'inactive'} ${at}`
      })
    }),
  )
}

/** Everything that imports leave but the records of them, to be compared. */
export async function storedData(db: Db): Promise<unknown> {
  const stores = await db
    .selectFrom('store')
    .leftJoin('schedule', 'schedule.schedule_key', 'store.schedule_key')
    .select(['store_id', 'schedule'])
    .orderBy('store_id')
    .execute()
  const summary = await db.selectFrom('poll_week_summary').selectAll().orderBy('week').execute()
  return { stores, summary, polls: await storedPolls(db) }
}
