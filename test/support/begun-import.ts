import { connect, type Db } from '../../server/database/connect.ts'
import { insertImport } from '../../server/database/imports.ts'
import type { ImportId } from '../../shared/ids.ts'

/** Records an import that another process is at. */
export async function begunImport(databaseUrl: string): Promise<ImportId> {
  await using db = await connect(databaseUrl)
  return await insertImport(db, {
    source: 'elsewhere.csv',
    kind: 'polls',
    bytes: 1,
    owner: 'another process',
    startedAt: Date.now(),
  })
}

/** As if the imports that are under way had shown no sign of life for long. */
export async function silenceImports(db: Db): Promise<void> {
  await db.updateTable('import').set({ heartbeat_at: 0 }).execute()
}
