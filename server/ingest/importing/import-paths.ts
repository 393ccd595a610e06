import { randomUUID } from 'node:crypto'
import type { Db } from '../../database/connect.ts'
import { createLatestPolls, type LatestPolls } from '../../database/tail/latest-polls.ts'
import { tidy } from '../tidy.ts'
import { beginImport, type BegunImport, type ImportPathsOptions } from './begin-import.ts'
import { importEach, type ImportOutcome } from './import-each.ts'
import { importFile } from './import-file.ts'

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
  return await importAndTidy(await opened(), begun, options)
}

/** For whoever imports and is done then. */
export async function importAndTidy(
  db: Db,
  begun: BegunImport,
  options: ImportPathsOptions,
): Promise<ImportOutcome> {
  const outcome = await importBegun(db, begun, options)
  await tidy(db, options.now(), () => !(options.signal?.aborted ?? false))
  return outcome
}

export interface ImportBegunOptions extends ImportPathsOptions {
  /** What who writes knows of the latest polls. */
  readonly latest?: LatestPolls | undefined
  /** A connection for what a power cut may undo. */
  readonly hasty?: Db | undefined
}

export async function importBegun(
  db: Db,
  { found, limits, readerOf }: BegunImport,
  options: ImportBegunOptions,
): Promise<ImportOutcome> {
  const { owner = randomUUID(), latest = createLatestPolls(), hasty = db } = options
  const records = await importEach(found.files, async (file) => {
    await using reader = readerOf(file)
    return await importFile(db, file, reader, { ...options, owner, latest, hasty, limits })
  })
  return { records, ignored: found.ignored }
}
