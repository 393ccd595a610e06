import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import type { ImportKind } from '../../shared/import.ts'
import { columnsOf, neededColumns, readHeader, type Header, type UnknownHeader } from './header.ts'
import { cannotRead, openInputFile } from './source.ts'

/** Zones and hours go before polls, so that whoever asks in between does not see polls judged without them. */
const importOrder: readonly ImportKind[] = ['timezones', 'business-hours', 'polls']

export interface ImportFile {
  readonly path: string
  readonly kind: ImportKind
}

/**
 * What there is to import in folders and files, in the order in which to do it. What a file holds is seen from its
 * header, whatever its name. `ignored` are the CSV files in folders that are of no known kind.
 * Throws an AppError for a path that does not exist, a file of no known kind or without a header, and a folder that has no
 * polls or two files of one kind.
 */
export async function findImportFiles(
  paths: readonly string[],
): Promise<{ files: ImportFile[]; ignored: string[] }> {
  const files: ImportFile[] = []
  const ignored: string[] = []
  for (const path of paths) {
    if (await isFolder(path)) {
      const found = await filesOfFolder(path)
      files.push(...found.files)
      ignored.push(...found.ignored)
    } else {
      files.push(await knownFile(path))
    }
  }
  files.sort((a, b) => importOrder.indexOf(a.kind) - importOrder.indexOf(b.kind))
  return { files, ignored }
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

async function knownFile(path: string): Promise<ImportFile> {
  const header = await headerAt(path)
  if (header.kind !== undefined) return { path, kind: header.kind }
  throw new AppError(
    'invalid',
    `${path} is of no known kind: its first line is "${header.seen}", but needed are (${neededColumns})`,
  )
}

async function headerAt(path: string): Promise<Header | UnknownHeader> {
  await using file = await openInputFile(path)
  return await readHeader(file)
}

async function filesOfFolder(folder: string): Promise<{ files: ImportFile[]; ignored: string[] }> {
  const byKind = new Map<ImportKind, string>()
  const ignored: string[] = []
  for (const path of await csvFilesIn(folder)) {
    const { kind } = await headerAt(path)
    if (kind === undefined) {
      ignored.push(path)
      continue
    }
    const other = byKind.get(kind)
    if (other !== undefined) {
      throw new AppError(
        'invalid',
        `${other} and ${path} both hold ${kind}: keep one of them in the folder, or import the files by name`,
      )
    }
    byKind.set(kind, path)
  }
  if (!byKind.has('polls')) throw noPolls(folder, [...byKind.values(), ...ignored])
  return { files: Array.from(byKind, ([kind, path]) => ({ path, kind })), ignored }
}

function noPolls(folder: string, seen: readonly string[]): AppError {
  const others = seen.length === 0 ? 'it has no CSV files' : `it has ${seen.join(', ')}`
  return new AppError(
    'invalid',
    `there are no polls in ${folder}: none of its CSV files has the columns ${columnsOf('polls')} (${others}). ` +
      'To import hours or zones alone, name their files',
  )
}

async function csvFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw cannotRead(folder, error)
  })
  const paths: string[] = []
  for (const name of names.sort()) {
    if (name.startsWith('.') || !/\.csv(\.gz)?$/i.test(name)) continue
    const path = join(folder, name)
    if (!(await isFolder(path))) paths.push(path)
  }
  return paths
}
