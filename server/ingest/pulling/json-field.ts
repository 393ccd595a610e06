import { query, type JsonValue } from 'jsonpath-rfc9535'

/** What a field of an item says: its name, or a JSONPath from the item. */
export function fieldOf(item: unknown, field: string): unknown {
  if (field.startsWith('$')) return query(item as JsonValue, field)[0]
  return isObject(item) && Object.hasOwn(item, field) ? item[field] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value of JSON as the text that it would be in a CSV. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** JSON in which numbers that would lose digits are texts: ids of 19 digits are still those. */
export function parseJson(text: string): unknown {
  return JSON.parse(
    text.replace(/^\uFEFF/, ''),
    keepDigits as (key: string, value: unknown) => unknown,
  ) as unknown
}

function keepDigits(_: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '')
    ? source
    : value
}

/** As JSON writes it, so that no character does anything to a terminal. */
export function begins(text: string): string {
  return JSON.stringify(text.trimStart().slice(0, 60))
}
