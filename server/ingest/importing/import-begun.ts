import { randomUUID } from 'node:crypto'
import type { Db } from '../../database/connect.ts'
import type { OwnImport } from '../../database/imports.ts'
import { createLatestPolls, type LatestPolls } from '../../database/tail/latest-polls.ts'
import { tidy } from '../tidy.ts'
import type { BegunImport, ImportPathsOptions } from './begin-import.ts'
import { importEach, type ImportOutcome } from './import-each.ts'
import { importFile } from './import-file.ts'

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
  /** The import of a file whose bytes are kept, which is recorded already. */
  readonly kept?: OwnImport | undefined
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
