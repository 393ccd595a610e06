import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Db } from '../../database/connect.ts'
import { tidyTail } from '../../database/tail/tidy-tail.ts'
import { beginImport, type BegunImport, type ImportPathsOptions } from './begin-import.ts'
import { importEach, type ImportOutcome } from './import-each.ts'
import { importFile } from './import-file.ts'

/** In between others write, who look for the lock less often than that. */
const PAUSE_MS = 3

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
  return await importBegun(await opened(), begun, options)
}

export async function importBegun(
  db: Db,
  { found, limits, readerOf }: BegunImport,
  options: ImportPathsOptions,
): Promise<ImportOutcome> {
  const { owner = randomUUID(), now, signal } = options
  const records = await importEach(found.files, async (file) => {
    await using reader = readerOf(file)
    return await importFile(db, file, reader, { ...options, owner, limits })
  })
  await tidyTail(db, now(), async () => {
    await delay(PAUSE_MS)
    return !(signal?.aborted ?? false)
  })
  return { records, ignored: found.ignored }
}
