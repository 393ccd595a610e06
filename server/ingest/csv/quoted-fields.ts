const QUOTE = '"'

/**
 * The fields of a record as RFC 4180 has them, or undefined where its quotes make no sense. A quote within a field that
 * does not start with one is a character like others, and space between a closing quote and the comma is nothing. Reads
 * each character about once, whatever the quotes: a hostile record costs no more than another of its length.
 */
export function quotedFields(record: string): string[] | undefined {
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (record[at] !== QUOTE) {
      const end = record.indexOf(',', at)
      const field = end < 0 ? record.slice(at) : record.slice(at, end)
      if (field.includes('\n')) return undefined
      fields.push(field)
      if (end < 0) return fields
      at = end + 1
      continue
    }
    const close = closingQuote(record, at + 1)
    if (close < 0) return undefined
    const text = record.slice(at + 1, close)
    fields.push(text.includes(QUOTE) ? text.replaceAll('""', QUOTE) : text)
    const next = endOfSpace(record, close + 1)
    if (next === record.length) return fields
    if (record[next] !== ',') return undefined
    at = next + 1
  }
}

/** Where the quote is that ends the field whose text starts at `start`, or -1. */
function closingQuote(record: string, start: number): number {
  let at = record.indexOf(QUOTE, start)
  while (at >= 0 && record[at + 1] === QUOTE) at = record.indexOf(QUOTE, at + 2)
  return at
}

function endOfSpace(record: string, start: number): number {
  let at = start
  while (at < record.length && record[at] !== '\n' && record[at]!.trim() === '') at++
  return at
}
