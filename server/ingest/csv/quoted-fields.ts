const QUOTE = '"'

/** What fields may be separated by. */
export const separators = [',', ';', '\t'] as const
export type Separator = (typeof separators)[number]

/**
 * The fields of a record as RFC 4180 has them, or undefined where its quotes make no sense. A quote within a field that
 * does not start with one is a character like others, and space around a quoted field is nothing. Reads
 * each character about once, whatever the quotes: a hostile record costs no more than another of its length.
 */
export function quotedFields(record: string, separator: Separator): string[] | undefined {
  const fields: string[] = []
  let at = 0
  for (;;) {
    const start = endOfSpace(record, at, separator)
    if (record[start] !== QUOTE) {
      const end = record.indexOf(separator, at)
      const field = end < 0 ? record.slice(at) : record.slice(at, end)
      if (field.includes('\n')) return undefined
      fields.push(field)
      if (end < 0) return fields
      at = end + 1
      continue
    }
    const close = closingQuote(record, start + 1)
    if (close < 0) return undefined
    const text = record.slice(start + 1, close)
    fields.push(text.includes(QUOTE) ? text.replaceAll('""', QUOTE) : text)
    const next = endOfSpace(record, close + 1, separator)
    if (next === record.length) return fields
    if (record[next] !== separator) return undefined
    at = next + 1
  }
}

/** Where the quote is that ends the field whose text starts at `start`, or -1. */
function closingQuote(record: string, start: number): number {
  let at = record.indexOf(QUOTE, start)
  while (at >= 0 && record[at + 1] === QUOTE) at = record.indexOf(QUOTE, at + 2)
  return at
}

function endOfSpace(record: string, start: number, separator: Separator): number {
  let at = start
  while (isSpace(record[at], separator)) at++
  return at
}

function isSpace(character: string | undefined, separator: Separator): boolean {
  return character !== undefined && character !== separator && /[^\S\n\uFEFF]/.test(character)
}
