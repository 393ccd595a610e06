import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import { readRecords, type RecordOptions } from '../../../server/ingest/csv/records.ts'

type Seen =
  { line: number; fields: readonly string[]; text: string } | { line: number; problem: string; text: string }

async function recordsIn(
  content: string | Uint8Array,
  options: RecordOptions & { blockBytes?: number } = {},
): Promise<Seen[]> {
  const bytes = Buffer.from(content)
  const { blockBytes = 64 } = options
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += blockBytes) yield bytes.subarray(at, at + blockBytes)
  }
  const seen: Seen[] = []
  for await (const block of readRecords(chunks(), options)) {
    for (const [i, fields] of block.rows.entries()) {
      const problem = block.problem(i)
      const place = { line: block.line(i), text: block.text(i) }
      seen.push(problem === undefined ? { ...place, fields } : { ...place, problem })
    }
  }
  return seen
}

const anyLines = { mayHaveLines: () => true }

describe('records of a CSV file', () => {
  test('plain lines are split at commas, blank ones are one empty field', async () => {
    expect(await recordsIn('a,b\n\nc,,d\n')).toEqual([
      { line: 1, fields: ['a', 'b'], text: 'a,b' },
      { line: 2, fields: [''], text: '' },
      { line: 3, fields: ['c', '', 'd'], text: 'c,,d' },
    ])
  })

  test('LF and CRLF may be mixed, and the last line may end with the file', async () => {
    const fields = (await recordsIn('a,1\r\nb,2\n"c",3\r\nd,"4"')).map(
      (seen) => 'fields' in seen && seen.fields,
    )
    expect(fields).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
      ['d', '4'],
    ])
  })

  test('quoted fields have commas, doubled quotes and line breaks in them', async () => {
    const text = 'a,"x, ""y"""\r\nb,"one\r\ntwo"\nc,3\n'
    expect(await recordsIn(text, anyLines)).toEqual([
      { line: 1, fields: ['a', 'x, "y"'], text: 'a,"x, ""y"""' },
      { line: 2, fields: ['b', 'one\ntwo'], text: 'b,"one\ntwo"' },
      { line: 4, fields: ['c', '3'], text: 'c,3' },
    ])
  })

  test('a quote that is never closed costs its own line only', async () => {
    const seen = await recordsIn('a,1\nb,"2\nc,3\nd,4\n', anyLines)
    expect(seen.map((record) => ('fields' in record ? record.fields[0] : record.problem))).toEqual([
      'a',
      'a quoted field is opened and not closed on the line',
      'c',
      'd',
    ])
    expect(seen[1]).toMatchObject({ line: 2, text: 'b,"2' })
  })

  test('two stray quotes do not swallow the rows between them', async () => {
    const seen = await recordsIn('a,"1\nb,2\nc,3"\nd,4\n', { mayHaveLines: () => false })
    expect(seen.map((record) => ('fields' in record ? record.fields.join() : `line ${record.line}`))).toEqual(
      ['line 1', 'b,2', 'c,3"', 'd,4'],
    )
  })

  test('a quote within an unquoted field is a character like others', async () => {
    const seen = await recordsIn('a,5" pipe\nb,5" pipe\nc,"ok"\n', anyLines)
    expect(seen.map((record) => 'fields' in record && record.fields[1])).toEqual(['5" pipe', '5" pipe', 'ok'])
  })

  test('text after a closing quote is a problem of its line', async () => {
    const seen = await recordsIn('"a",1\n"b"x,2\n"c",3\n', anyLines)
    expect(seen.map((record) => ('fields' in record ? record.fields[0] : record.problem))).toEqual([
      'a',
      expect.stringContaining('a quote in it is doubled'),
      'c',
    ])
  })

  test('a line that is too long is a problem, and is not kept in memory', async () => {
    const seen = await recordsIn(`a,1\n${'x'.repeat(500)}\nb,2\n`, { maxRecordBytes: 100 })
    expect(seen).toEqual([
      { line: 1, fields: ['a', '1'], text: 'a,1' },
      { line: 2, problem: 'the line is longer than 100 bytes', text: 'x'.repeat(100) },
      { line: 3, fields: ['b', '2'], text: 'b,2' },
    ])
  })

  test('a quoted field that goes on for too many lines is taken for a stray quote', async () => {
    const text = `a,"1\n${'b,2\n'.repeat(40)}c,3"\n`
    const seen = await recordsIn(text, { ...anyLines, maxRecordBytes: 100 })
    expect(seen).toHaveLength(42)
    expect(seen[0]).toMatchObject({ line: 1, problem: expect.any(String) as unknown })
    expect(seen[41]).toMatchObject({ line: 42, fields: ['c', '3"'] })
  })

  test('invalid UTF-8, NUL bytes and a byte-order mark within the file stay in their fields', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a\0,'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('\n\uFEFF"b",2\n'),
    ])
    const seen = await recordsIn(bytes)
    expect(seen.map((record) => 'fields' in record && record.fields)).toEqual([
      ['a\0', '\uFFFD('],
      ['\uFEFF"b"', '2'],
    ])
  })

  test('a hostile file of quotes takes time in proportion to its size', async () => {
    const seen = await recordsIn('a","b\n'.repeat(20_000), { ...anyLines, blockBytes: 65_536 })
    expect(seen).toHaveLength(20_000)
  })

  test('where blocks end makes no difference', async () => {
    const pieces = [
      'a',
      'é',
      ',',
      '"',
      '""',
      '\n',
      '\r\n',
      '\r',
      '\n\n',
      '"x"',
      '"x\ny"',
      ',"',
      '",',
      '\uFEFF',
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...pieces), { maxLength: 40 }),
        fc.integer({ min: 8, max: 60 }),
        fc.boolean(),
        async (parts, maxRecordBytes, allow) => {
          const text = parts.join('')
          const options = { maxRecordBytes, mayHaveLines: () => allow }
          const whole = await recordsIn(text, { ...options, blockBytes: maxRecordBytes })
          for (const blockBytes of [1, 2, 3, 5, 7]) {
            expect(await recordsIn(text, { ...options, blockBytes })).toEqual(whole)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('what was written as CSV is read back, on the lines on which it is', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'b', ',', '"', '\n', ' ', 'ü'), maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(field, field, field), { minLength: 1 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        async (rows, newline, quotes, blockBytes) => {
          const text = Papa.unparse(rows, { newline, quotes })
          const seen = await recordsIn(text, { ...anyLines, blockBytes })
          expect(seen.map((record) => 'fields' in record && record.fields)).toEqual(rows)
          let line = 1
          for (const [i, row] of rows.entries()) {
            expect(seen[i]!.line).toBe(line)
            line += row.join().split('\n').length
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
