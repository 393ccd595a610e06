import { rename } from 'node:fs/promises'
import { AppError } from '../../../shared/app-error.ts'
import type { ImportRecord } from '../../../shared/import.ts'
import type { SourceSetting } from '../../config-file/source-setting.ts'
import type { StoredSource } from '../../database/sources.ts'
import { noted } from '../../tracing/worked.ts'
import type { Importer } from '../importing/importer.ts'
import { fetchSource, type Arrived, type FetchContext, type Validators } from './fetch-source.ts'
import { mapInThread } from './map-in-thread.ts'
import { ownMapping } from './mapped-rows.ts'
import { formatOf, readAs } from './source-format.ts'

/** A folder for a file that is not there yet; it goes with what is in it. */
export type MakeFolder = () => Promise<AsyncDisposable & { readonly path: string }>

export interface PullContext extends FetchContext {
  readonly importer: Pick<Importer, 'importPaths'>
  readonly makeFolder: MakeFolder
}

/** What came of a pull. */
export type Pulled = Validators & { readonly readAs: string } & (
    | { readonly outcome: 'unchanged'; readonly sha256: string | null }
    | { readonly outcome: 'imported'; readonly sha256: string; readonly record: ImportRecord }
  )

/**
 * Pulls a source, and imports what is not what was imported last; `again` does so in any case. Throws an AppError, also
 * where the import took nothing.
 */
export async function pullSource(
  source: SourceSetting,
  stored: StoredSource | undefined,
  { again, ...context }: PullContext & { readonly again: boolean },
): Promise<Pulled> {
  const how = readAs(source)
  const last = again || stored?.read_as !== how ? undefined : stored
  await using folder = await context.makeFolder()
  const known = last && { etag: last.etag, lastModified: last.last_modified }
  const arrived = await noted('fetchSource', () => fetchSource(source, known, folder.path, context))
  if (arrived === undefined) {
    return { outcome: 'unchanged', readAs: how, sha256: last!.sha256, ...known! }
  }
  const { sha256, etag, lastModified } = arrived
  const about = { readAs: how, sha256, etag, lastModified }
  if (last?.sha256 === sha256) return { outcome: 'unchanged', ...about }
  await noted('mapSource', () => mapIfJson(source, arrived, folder.path, context.signal))
  return { outcome: 'imported', ...about, record: await importFile(source, folder.path, context) }
}

/** What imports and pushes of a source are called. */
function sourceLabel(name: string): string {
  return `source:${name}`
}

/** Where it is JSON, the file is the CSV that is made of it after. */
export async function mapIfJson(
  source: SourceSetting,
  { type, answeredAt }: Pick<Arrived, 'type' | 'answeredAt'>,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const format = formatOf(source, type)
  if (format === 'csv') return
  const mapped = `${path}.mapped`
  const mapping = source.mapping ?? ownMapping
  await mapInThread({ from: path, to: mapped, format, mapping, answeredAt }, signal)
  await rename(mapped, path)
}

async function importFile(
  { name, maxRejected, columns }: SourceSetting,
  path: string,
  { importer, signal }: PullContext,
): Promise<ImportRecord> {
  const label = sourceLabel(name)
  const options = { source: label, maxRejected, columnMap: columns, signal }
  const { records } = await importer.importPaths([path], options).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error
    throw new AppError(
      error.code,
      error.message.replaceAll(path, () => label),
      { cause: error },
    )
  })
  const record = records[0]!
  if (record.state === 'complete') return record
  throw new ImportFailed(record)
}

/** An import that is recorded, and took nothing. */
export class ImportFailed extends AppError {
  readonly importId: ImportRecord['importId']

  constructor({ importId, state, failure }: ImportRecord) {
    super('invalid', `import ${importId} is ${state}${failure === null ? '' : `: ${failure}`}`)
    this.importId = importId
  }
}
