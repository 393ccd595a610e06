import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvHeaderLine, csvLines } from '../../server/reports/csv.ts'
import { createTotals, putTotals, totalAt } from '../../server/reports/totals.ts'
import type { Tally } from '../../server/uptime/tally.ts'
import type { StoreId } from '../../shared/ids.ts'
import { reportColumns, reportWindows, uptimePercent } from '../../shared/report-columns.ts'
import { storeIdPattern } from '../../shared/store-id-pattern.ts'

const anyStoreId = fc.stringMatching(storeIdPattern).map((text) => text as StoreId)
/** Of a window, which no total is longer than. */
function anyTally(lengthMs: number) {
  const edges = [0, 299, 300, 17_999, 18_000, 59_999, 3_599_999, 3_600_000]
  const totalMs = fc.oneof(fc.integer({ min: 0, max: lengthMs }), fc.constantFrom(...edges, lengthMs))
  return fc.record({ uptimeMs: totalMs, downtimeMs: totalMs, unknownMs: totalMs, excusedMs: totalMs })
}
const anyStore = fc.record({
  storeId: anyStoreId,
  tallies: fc.tuple(...reportWindows.map(({ lengthMs }) => anyTally(lengthMs))),
})

describe('the lines of a CSV', () => {
  test('are those of csv-stringify, with each total rounded half up from exact arithmetic', () => {
    fc.assert(
      fc.property(
        fc.array(anyStore, { maxLength: 20 }),
        fc.constantFrom('default', 'all'),
        (stores, columns) => {
          const totals = createTotals(stores.length)
          stores.forEach(({ tallies }, i) => putTotals(totals, i, i + 1, tallies))
          const storeIds = stores.map(({ storeId }) => storeId)
          const records = stores.map(({ storeId, tallies }, store) => [
            storeId,
            ...reportColumns.flatMap(({ isExtended, unitMs }, column) =>
              columns === 'default' && isExtended
                ? []
                : [slowHundredths(totalAt(totals, store, column), unitMs)],
            ),
            ...(columns === 'all' ? tallies.map(percentOf) : []),
          ])
          expect(Buffer.from(csvLines(totals, storeIds, columns)).toString()).toBe(stringify(records))
        },
      ),
    )
  })

  test('have as many fields as the header', () => {
    const totals = createTotals(1)
    for (const columns of ['default', 'all'] as const) {
      const line = Buffer.from(csvLines(totals, ['1' as StoreId], columns)).toString()
      expect(line.split(',')).toHaveLength(csvHeaderLine(columns).split(',').length)
    }
  })
})

function percentOf({ uptimeMs, downtimeMs }: Tally): string {
  return uptimePercent(uptimeMs, downtimeMs)?.toFixed(2) ?? ''
}

function slowHundredths(ms: number, unitMs: number): string {
  const digits = ((BigInt(ms) * 200n + BigInt(unitMs)) / (2n * BigInt(unitMs))).toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
