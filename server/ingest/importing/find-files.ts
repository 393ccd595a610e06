import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../../shared/app-error.ts'
import type { ColumnMap } from '../../../shared/column-map.ts'
import type { ImportKind } from '../../../shared/import-kind.ts'
import { columnsOf } from '../csv/columns.ts'
import { readHeader, type Header } from '../csv/header.ts'
import { cannotRead, openFile, type OpenFile } from '../csv/open-file.ts'

/** What polls are judged by goes before them, so that whoever asks in between does not see them judged without it; what is not, behind. */
export const importOrder: readonly ImportKind[] = [
  'store-details',
  'timezones',
  'business-hours',
  'special-hours',
  'corrections',
  'polls',
  'revenue',
  'orders',
]

/** A file to import: open, and its header read. */
export interface FoundFile {
  readonly path: string
  readonly file: OpenFile
  readonly header: Header
}

/** Disposing closes the files. */
export interface FoundFiles extends AsyncDisposable {
  /** In the order in which to import them. */
  readonly files: readonly FoundFile[]
  /** The CSV files in folders that are of no kind that can be imported. */
  readonly ignored: readonly IgnoredFile[]
}

export interface IgnoredFile {
  readonly path: string
  /** Why it is not imported, to be put behind the path. */
  readonly reason: string
}

export interface FindOptions {
  readonly source?: string | undefined
  readonly columnMap?: ColumnMap | undefined
  /** Of the file that is given: it is to have it until it has been read. */
  readonly stamp?: string | undefined
}

/**
 * What there is to import in folders and files. What a file holds is seen from its header, whatever its name.
 * `source` is what the file that was given is called, or the folder of those that were found, where it is not its path.
 * Throws an AppError for a path that does not exist, a file that is given and of no known kind, one without a header or
 * with a part of one, and a folder that has no polls or two files of one kind.
 */
export async function findFiles(
  paths: readonly string[],
  { source, columnMap, stamp }: FindOptions = {},
): Promise<FoundFiles> {
  await using parts = new AsyncDisposableStack()
  const files: FoundFile[] = []
  const ignored: IgnoredFile[] = []

  async function open(path: string, name: string): Promise<FoundFile | IgnoredFile> {
    const { file } = parts.use(await openFile(path, name, stamp))
    const header = await readHeader(file, columnMap)
    return header.kind === undefined ? { path, reason: header.reason } : { path, file, header }
  }

  async function findInFolder(folder: string): Promise<void> {
    const byKind = new Map<ImportKind, FoundFile>()
    const unknown: IgnoredFile[] = []
    for (const path of await tableFilesIn(folder)) {
      const found = await open(path, source === undefined ? path : join(source, basename(path)))
      if ('reason' in found) {
        unknown.push(found)
        continue
      }
      const { kind } = found.header
      const other = byKind.get(kind)
      if (other !== undefined) throw bothHold(kind, other, found)
      byKind.set(kind, found)
    }
    const known = [...byKind.values()]
    if (!byKind.has('polls')) throw noPolls(folder, [...known, ...unknown])
    files.push(...known)
    ignored.push(...unknown)
  }

  for (const path of paths) {
    if (stamp === undefined && (await isFolder(path))) {
      await findInFolder(path)
      continue
    }
    const found = await open(path, source ?? path)
    if ('reason' in found) throw new AppError('invalid', `${source ?? path} ${found.reason}`)
    files.push(found)
  }
  files.sort((a, b) => importOrder.indexOf(a.header.kind) - importOrder.indexOf(b.header.kind))
  const owned = parts.move()
  return { files, ignored, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error)
  })
  if (found.isDirectory()) return true
  if (found.isFile()) return false
  throw new AppError(
    'invalid',
    `${path} is neither a file nor a folder: import a CSV file, or a folder of them`,
  )
}

/** Also workbooks, to be told of: without the hours that are in one, figures would be wrong without a word. */
async function tableFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw cannotRead(folder, error)
  })
  const paths: string[] = []
  for (const name of names.sort()) {
    if (name.startsWith('.') || !/\.(csv|tsv)(\.gz|\.zst)?$|\.xls[xm]?$/i.test(name)) continue
    const path = join(folder, name)
    if (!(await isFolder(path))) paths.push(path)
  }
  return paths
}

function bothHold(kind: ImportKind, one: FoundFile, other: FoundFile): AppError {
  return new AppError(
    'invalid',
    `${one.file.name} and ${other.file.name} both hold ${kind}: keep one of them in the folder, or import the files by name`,
  )
}

function noPolls(folder: string, seen: readonly { readonly path: string }[]): AppError {
  const paths = seen.map(({ path }) => path)
  const others = paths.length === 0 ? 'it has no CSV files' : `it has ${paths.join(', ')}`
  return new AppError(
    'invalid',
    `there are no polls in ${folder}: none of its CSV files has the columns ${columnsOf('polls')} (${others}). ` +
      'To import other files alone, name them',
  )
}
