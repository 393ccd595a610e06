import { createHash } from 'node:crypto'
import type { SourceSetting } from '../../config-file/source-setting.ts'

type Format = NonNullable<SourceSetting['format']>

const types: readonly (readonly [RegExp, Format])[] = [
  [/^(?:application|text)\/(?:x-ndjson|ndjson|jsonl|jsonlines|x-jsonlines)$/, 'ndjson'],
  [/^(?:application|text)\/(?:[\w.-]+\+)?json$/, 'json'],
  [/^text\/csv$/, 'csv'],
]
const ends: readonly (readonly [RegExp, Format])[] = [
  [/\.(?:ndjson|jsonl)$/i, 'ndjson'],
  [/\.json$/i, 'json'],
  [/\.(?:csv|tsv)$/i, 'csv'],
]

/** What an answer is: as it is said, as its type or its name tells, or what the source is for. */
export function formatOf(
  { format, mapping, url }: Pick<SourceSetting, 'format' | 'mapping' | 'url'>,
  contentType: string | undefined,
): Format {
  if (format !== undefined) return format
  const type = contentType?.split(';')[0]!.trim().toLowerCase() ?? ''
  const name = url.replace(/[?#].*$/, '').replace(/\.(?:gz|zst)$/i, '')
  const [, found] =
    types.find(([pattern]) => pattern.test(type)) ?? ends.find(([pattern]) => pattern.test(name)) ?? []
  // Many say of JSON that it is text.
  if (mapping === undefined) return found ?? 'csv'
  return found === 'ndjson' ? 'ndjson' : 'json'
}

/** A hash of how a source is read: the same bytes read otherwise are something else. */
export function readAs({ url, format, mapping, columns, maxRejected }: SourceSetting): string {
  const how = JSON.stringify([url, format, mapping, columns, maxRejected])
  return createHash('sha256').update(how).digest('hex')
}
