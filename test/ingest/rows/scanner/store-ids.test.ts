import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createScanner, type Scanner } from '../../../../server/ingest/rows/scanner/scanner.ts'
import { maxStoreIdLength, storeIdPattern } from '../../../../shared/store-id-pattern.ts'

const [LF, COMMA, DIGIT] = [10, 44, 48]

const ignorePairs = () => {}

function numberInLine(takeRules: Scanner['takeRules'], id: string): number {
  let number = -1
  takeRules(linesOf([id]), ({ groups }) => (number = groups[0] ?? -1))
  return number
}

/** Rules, as the simplest lines, that name these stores. */
function linesOf(ids: readonly string[]): Buffer {
  return Buffer.from(ids.map((id) => `${id},UTC\n`).join(''))
}

test('stores are numbered as they come, in lines and as texts, and are found again', () => {
  const id = fc.oneof(
    fc.string({ unit: fc.constantFrom('0', '1', 'a', '-'), minLength: 1, maxLength: 4 }),
    fc.string({ unit: fc.constantFrom('0', '1'), minLength: 7, maxLength: 9 }),
    fc.string({ unit: fc.constantFrom('x'), minLength: maxStoreIdLength - 2, maxLength: maxStoreIdLength }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.boolean()), { maxLength: 3000 }), (all) => {
      const { stores, takeRules } = createScanner(() => 0)
      const twin = new Map<string, number>()
      const seen = all.map(([id, isText]) => {
        if (storeIdPattern.test(id) && !twin.has(id)) twin.set(id, twin.size)
        return isText ? stores.numberOf(id) : numberInLine(takeRules, id)
      })
      expect(seen).toEqual(all.map(([id]) => twin.get(id) ?? -1))
      expect(stores.size()).toBe(twin.size)
      for (const [id, number] of twin) {
        expect(stores.idOf(number)).toBe(id)
        expect(stores.numberOf(id)).toBe(number)
      }
      expect(stores.inOrder().map(stores.idOf)).toEqual([...twin.keys()].sort())
    }),
    { numRuns: 50 },
  )
})

test('there is room for many stores', () => {
  const { stores, takeRules } = createScanner(() => 0)
  const ids = Array.from({ length: 200_000 }, (_, i) => `store-${i}`)
  const twice = linesOf([...ids, ...ids.toReversed()])
  const seen: number[] = []
  expect(takeRules(twice, ({ groups }) => seen.push(...groups)).lineCount).toBe(2 * ids.length)
  expect(seen).toEqual([...ids.keys(), ...[...ids.keys()].reverse()])
  expect(stores.idOf(199_999)).toBe('store-199999')
})

test('what an id may be made of is what the pattern says, byte by byte', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== LF && byte !== COMMA)
  const ids = bytes.flatMap((byte) => [Buffer.from([byte]), Buffer.from([DIGIT, byte])])
  const lengths = [0, 1, maxStoreIdLength, maxStoreIdLength + 1]
  for (const id of [...ids, ...lengths.map((length) => Buffer.alloc(length, 'x'))]) {
    const line = Buffer.concat([id, Buffer.from(',UTC\n')])
    const { lineCount } = createScanner(() => 0).takeRules(line, ignorePairs)
    expect(lineCount, id.toString('hex')).toBe(storeIdPattern.test(id.toString('latin1')) ? 1 : 0)
  }
})
