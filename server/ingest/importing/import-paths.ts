import { randomUUID } from 'node:crypto'
import type { ColumnMap } from '../../../shared/column-map.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import type { MaxRejected } from '../../../shared/max-rejected.ts'
import type { Db } from '../../database/connect.ts'
import { startPollReader, type PollReader } from '../rows/poll-reader.ts'
import type { ReadLimits } from '../rows/read-rows.ts'
import { findFiles, type FoundFile } from './find-files.ts'
import { importEach, type ImportOutcome } from './import-each.ts'
import { importFile } from './import-file.ts'

/**
 * How many accepted rows go into the database at once: all of a file, or none, up to here. The polls of a larger file are
 * put aside on disk while it is read, and go in in steps of at most as many, one range of stores after the other. It
 * bounds the memory (some 100 MB of polls) and the time for which others wait to write.
 */
const maxRowsPerStep = 8_000_000

/** From which size on polls are read by a thread of their own: to start it costs as much as to read some MiB. */
const defaultThreadFromBytes = 16 * 1024 * 1024

export interface ImportPathsOptions extends Partial<ReadLimits> {
  readonly now: () => number
  /** Names who imports, in the records. */
  readonly owner?: string | undefined
  readonly heartbeatEveryMs?: number | undefined
  /** What the records call the file that is given, or the folder of those that are found; by default, its path. */
  readonly source?: string | undefined
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly maxRejected?: MaxRejected | undefined
  /** What the files call columns, where that is not what we do. */
  readonly columnMap?: ColumnMap | undefined
  readonly threadFromBytes?: number | undefined
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
  const { source, signal, owner = randomUUID(), threadFromBytes = defaultThreadFromBytes } = options
  const { blockBytes, maxUnpackedBytes, maxUnpackedRatio, maxRecordBytes, maxRejectedBeforeGood } = options
  const limits: ReadLimits = {
    blockBytes,
    maxUnpackedBytes,
    maxUnpackedRatio,
    maxRecordBytes,
    maxRejectedBeforeGood,
    rowsPerStep: options.rowsPerStep ?? maxRowsPerStep,
  }

  /** Begins to read a file, where that is worth a thread. */
  function readAhead({ file, header }: FoundFile): PollReader | undefined {
    if (header.kind !== 'polls' || file.bytes < threadFromBytes) return undefined
    return startPollReader({ file, header, limits, takenInAt: options.now() }, signal)
  }

  await using found = await findFiles(paths, { source, columnMap: options.columnMap })
  const firstPolls = found.files.find(({ header }) => header.kind === 'polls')
  await using ahead = firstPolls && readAhead(firstPolls)
  const db = await opened()
  const records = await importEach(found.files, async (file) => {
    await using reader = file === firstPolls ? ahead : readAhead(file)
    return await importFile(db, file, reader, { ...options, owner, limits })
  })
  return { records, ignored: found.ignored }
}
