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
      expect(quotedFields(record)).toEqual(twin(record))
    }),
    { numRuns: 5000 },
  )
})
