import { basename, join } from 'node:path'
import type { ImportRecord } from '../../shared/import.ts'
import type { Db } from '../database/connect.ts'
import { findImportFiles } from './find-files.ts'
import { importFile, openToImport, type ImportOptions } from './import-file.ts'

/**
 * Imports what there is in folders and files, one file after the other; a large file of polls is read while those before it
 * are imported. `source` is what the records call the file that was given, or the folder of those that were found.
 */
export async function importFiles(
  db: Db,
  paths: readonly string[],
  options: ImportOptions & { readonly source?: string | undefined },
): Promise<ImportRecord[]> {
  const { files } = await findImportFiles(paths)
  const { source } = options
  const records: ImportRecord[] = []
  const firstPolls = files.find(({ kind }) => kind === 'polls')
  await using ahead = firstPolls && (await openToImport(firstPolls, options))
  for (const file of files) {
    const name = source !== undefined && files.length > 1 ? join(source, basename(file.path)) : source
    await using opened = ahead?.file === file ? ahead : await openToImport(file, options)
    records.push(await importFile(db, opened, { ...options, source: name }))
  }
  return records
}
