import type { ColumnMap } from '../../../shared/column-map.ts'
import type { ImportProgress } from '../../../shared/import.ts'
import type { MaxRejected } from '../../../shared/max-rejected.ts'
import { fileLimitsOf, usualLimits, type FileLimits } from '../../limits/setting.ts'
import { startPollReader, type PollReader } from '../rows/poll-reader.ts'
import type { ReadLimits } from '../rows/read-rows.ts'
import { findFiles, type FoundFile, type FoundFiles } from './find-files.ts'

/**
 * How many accepted rows go into the database at once: all of a file, or none, up to here. The polls of a larger file are
 * put aside on disk while it is read, and go in in steps of at most as many, one range of stores after the other. It
 * bounds the memory (some 100 MB of polls) and the time for which others wait to write.
 */
const maxRowsPerStep = 8_000_000

/** From which size on polls are read by a thread of their own: to start it costs as much as to read some MiB. */
const defaultThreadFromBytes = 16 * 1024 * 1024

export interface ImportPathsOptions {
  readonly limits?: Partial<FileLimits> | undefined
  readonly blockBytes?: number | undefined
  readonly rowsPerStep?: number | undefined
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
  /** Of the file that is given, which is in a watched folder: it is to have it until it has been read, and what became of it is recorded. */
  readonly stamp?: string | undefined
  readonly threadFromBytes?: number | undefined
  /** Whether the threads that it starts let the one that answers requests go first. */
  readonly stepsBehindAnswers?: boolean | undefined
}

/** Files to import, of which the first large one of polls is read already. Disposing closes them, and ends that. */
export interface BegunImport extends AsyncDisposable {
  readonly found: FoundFiles
  readonly limits: ReadLimits
  /** The one that reads a file, which is begun where it was not; undefined where that is not worth a thread. To be disposed of. */
  readerOf(file: FoundFile): PollReader | undefined
}

/** Finds what there is in folders and files, and begins to read it, for which no database is needed. */
export async function beginImport(
  paths: readonly string[],
  options: ImportPathsOptions,
): Promise<BegunImport> {
  const { source, signal, columnMap, threadFromBytes = defaultThreadFromBytes } = options
  const { stepsBehindAnswers = false } = options
  const { blockBytes, rowsPerStep = maxRowsPerStep } = options
  const limits: ReadLimits = {
    ...fileLimitsOf({ ...usualLimits, ...options.limits }),
    blockBytes,
    rowsPerStep,
  }

  function beginToRead({ file, header }: FoundFile): PollReader | undefined {
    if (header.kind !== 'polls' || file.bytes < threadFromBytes) return undefined
    return startPollReader({ file, header, limits, takenInAt: options.now(), stepsBehindAnswers }, signal)
  }

  await using parts = new AsyncDisposableStack()
  const found = parts.use(await findFiles(paths, { source, columnMap, stamp: options.stamp }))
  const firstPolls = found.files.find(({ header }) => header.kind === 'polls')
  const ahead = parts.use(firstPolls && beginToRead(firstPolls))
  const owned = parts.move()
  return {
    found,
    limits,
    readerOf: (file) => (file === firstPolls ? ahead : beginToRead(file)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
