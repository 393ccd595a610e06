import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIdTable, type IdTable } from '../../server/ingest/id-table.ts'

/** Some bytes in the middle of others. */
function placed(bytes: Uint8Array): [view: DataView, start: number, end: number] {
  const memory = Buffer.concat([Buffer.from('ab'), bytes, Buffer.from('xyz')])
  return [new DataView(memory.buffer, memory.byteOffset, memory.length), 2, 2 + bytes.length]
}

function find(table: IdTable, bytes: Uint8Array): number {
  return table.find(...placed(bytes))
}

test('an id table numbers each id it was given, and finds no other', () => {
  const id = fc.uint8Array({ maxLength: 9, max: 2 })
  fc.assert(
    fc.property(fc.array(id, { maxLength: 3000 }), (ids) => {
      const table = createIdTable()
      const twin = new Map<string, number>()
      for (const bytes of ids) {
        const expected = twin.get(bytes.join()) ?? -1
        expect(find(table, bytes)).toBe(expected)
        if (expected >= 0) continue
        expect(table.add(...placed(bytes))).toBe(twin.size)
        twin.set(bytes.join(), twin.size)
      }
      expect(table.size()).toBe(twin.size)
      for (const [bytes, number] of twin) {
        expect(table.textOf(number)).toBe(
          Buffer.from(bytes === '' ? [] : bytes.split(',').map(Number)).toString('latin1'),
        )
      }
    }),
  )
})

test('an id table grows with its ids', () => {
  const table = createIdTable()
  const all = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`store-${i}`))
  for (const bytes of all) table.add(...placed(bytes))
  expect(all.map((bytes) => find(table, bytes))).toEqual(all.map((_, i) => i))
  expect(find(table, Buffer.from('store-x'))).toBe(-1)
  expect(table.textOf(19_999)).toBe('store-19999')
})
