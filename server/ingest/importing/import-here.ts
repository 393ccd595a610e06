import type { Db } from '../../database/connect.ts'
import { beginImport, type ImportPathsOptions } from './begin-import.ts'
import type { ImportOutcome } from './import-each.ts'

/**
 * Imports in the thread that calls it, which answers nobody meanwhile, into a database that is made where there is none: what
 * works on databases is loaded, and this one opened, while a thread reads polls.
 */
export async function importHere(
  databaseUrl: string,
  paths: readonly string[],
  options: ImportPathsOptions,
): Promise<ImportOutcome> {
  await using parts = new AsyncDisposableStack()
  const opened = async () => parts.adopt(await preparedDatabase(databaseUrl), (db) => db.destroy())
  return await importPaths(opened, paths, options)
}

/**
 * Imports what there is in folders and files, one file after the other, into the database that is then opened; the first
 * large file of polls is read meanwhile, and while those before it are imported.
 */
export async function importPaths(
  opened: () => Promise<Db>,
  paths: readonly string[],
  options: ImportPathsOptions,
): Promise<ImportOutcome> {
  await using begun = await beginImport(paths, options)
  const { importAndTidy } = await import('./import-begun.ts')
  return await importAndTidy(await opened(), begun, options)
}

async function preparedDatabase(databaseUrl: string): Promise<Db> {
  const { connect } = await import('../../database/connect.ts')
  const db = await connect(databaseUrl, { durable: true })
  try {
    const { migrateToLatest } = await import('../../database/migrate.ts')
    await migrateToLatest(db)
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}
