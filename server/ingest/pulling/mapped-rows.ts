import { query, type JsonValue } from 'jsonpath-rfc9535'
import { AppError } from '../../../shared/app-error.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import type { Mapping } from '../../config-file/source-setting.ts'
import { begins, fieldOf, parseJson, textOf } from './json-field.ts'

/** Where polls are that are written as elsewhere here. */
export const ownMapping: Mapping = {
  store_id: 'store_id',
  status: 'status',
  timestamp: 'timestamp_utc',
}

export const mappedHeader = 'store_id,status,timestamp_utc\n'

/** The items of JSON as lines of CSV. Throws an `invalid` AppError for what is no JSON, or has none. */
export function* rowsOfJson(text: string, mapping: Mapping, answeredAt: number): Generator<string> {
  const { items = '$[*]' } = mapping
  const found = query(parsed(text, 'the answer') as JsonValue, items)
  if (found.length === 0) {
    throw new AppError('invalid', `there is nothing at ${items} in the answer, which begins ${begins(text)}`)
  }
  for (const item of found) yield rowOf(item, mapping, answeredAt)
}

/** The items of a line of NDJSON; none of an empty one. */
export function* rowsOfLine(line: string, mapping: Mapping, answeredAt: number): Generator<string> {
  if (line.trim() === '') return
  const { items = '$' } = mapping
  const value = parsed(line, 'a line') as JsonValue
  for (const item of query(value, items)) yield rowOf(item, mapping, answeredAt)
}

function parsed(text: string, what: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw new AppError(
      'invalid',
      `${what} is not JSON: ${(error as Error).message}; it begins ${begins(text)}`,
    )
  }
}

function rowOf(item: unknown, { store_id, status, timestamp, values }: Mapping, answeredAt: number): string {
  const fields = [
    textOf(fieldOf(item, store_id)),
    statusOf(textOf(fieldOf(item, status)), values),
    timestamp === undefined ? formatTimestamp(answeredAt) : instantOf(fieldOf(item, timestamp)),
  ]
  return `${fields.map(csvField).join(',')}\n`
}

/** What is not among the values is written so that it is rejected, and told. */
function statusOf(said: string, values: Mapping['values']): string {
  if (values === undefined || said === '') return said
  return Object.hasOwn(values, said) ? values[said]! : `${said} (not among values)`
}

/** From which number on an instant is in milliseconds: in seconds it would be after the year 5000. */
const LEAST_MS = 1e11

function instantOf(value: unknown): string {
  const text = textOf(value)
  if (!/^\d{9,14}(?:\.\d+)?$/.test(text)) return text
  const since = Number(text)
  return formatTimestamp(Math.floor(since >= LEAST_MS ? since : since * 1000))
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
