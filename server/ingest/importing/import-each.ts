import { toAppError, AppError } from '../../../shared/app-error.ts'
import type { ImportRecord } from '../../../shared/import.ts'
import type { FoundFile, IgnoredFile } from './find-files.ts'

/** What became of files and folders. */
export interface ImportOutcome {
  /** A record of each file, in the order in which they were imported. */
  readonly records: readonly ImportRecord[]
  readonly ignored: readonly IgnoredFile[]
}

/**
 * Imports files one after the other. One of which nothing can be taken fails by itself; an error ends it all, and says
 * which files went in before, and which did not.
 */
export async function importEach(
  files: readonly FoundFile[],
  importOne: (file: FoundFile) => Promise<ImportRecord>,
): Promise<ImportRecord[]> {
  const records: ImportRecord[] = []
  for (const file of files) {
    try {
      records.push(await importOne(file))
    } catch (error) {
      throw files.length === 1 ? error : withWhatWentIn(error, records, files.slice(records.length + 1))
    }
  }
  return records
}

function withWhatWentIn(
  error: unknown,
  records: readonly ImportRecord[],
  left: readonly FoundFile[],
): AppError {
  const { code, message } = toAppError(error)
  const whole = records.filter(({ state }) => state === 'complete').map(({ source }) => source)
  const parts = [
    message,
    ...(whole.length > 0 ? [`imported before: ${whole.join(', ')}`] : []),
    ...(left.length > 0 ? [`not imported: ${left.map(({ file }) => file.name).join(', ')}`] : []),
  ]
  return new AppError(code, parts.join('; '), { cause: error })
}
