import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { quotedFields } from '../../../server/ingest/csv/quoted-fields.ts'

/** The fields of a single record as Papa Parse reads them. */
function twin(record: string): string[] | undefined {
  // Papa Parse allows a space after a closing quote only where something follows; so a line's end does, and an empty row.
  const { data, errors } = Papa.parse<string[]>(`${record}\n`, { delimiter: ',', newline: '\n' })
  return errors.length === 0 && data.length === 2 ? data[0] : undefined
}

test('the fields of a record are those that another parser reads', () => {
  const piece = fc.constantFrom('a', 'é', ',', '"', '""', '\n', '"x"', '",', ',"', ' ', '\t', '" ,', '"x\ny"')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const record = pieces.join('')
      fc.pre(!/(^|,)[ \t]+"/.test(record)) // the other parser takes no space before a quoted field
      for (const separator of [',', ';'] as const) {
        const separated = record.replaceAll(',', separator)
        const fields = twin(record)?.map((field) => field.replaceAll(',', separator))
        expect(quotedFields(separated, separator)).toEqual(fields)
      }
    }),
    { numRuns: 5000 },
  )
})

test('space around a quoted field is nothing, and a tab may be what separates', () => {
  expect(quotedFields(' "a, b" , c ,\t"d"', ',')).toEqual(['a, b', ' c ', 'd'])
  expect(quotedFields('"a, b" \t c\t\t"d"', '\t')).toEqual(['a, b', ' c', '', 'd'])
})
