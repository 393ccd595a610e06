import { expect, test } from 'vitest'
import { createScanner } from '../../../../server/ingest/rows/scanner/scanner.ts'
import type { Pairs } from '../../../../server/ingest/rows/pairs.ts'

function scan(text: string, latestPollMs?: number) {
  using scanner = createScanner(undefined, latestPollMs)
  const pairs: Pairs[] = []
  const { lineCount } = scanner.takePolls(Buffer.from(text), (found) => pairs.push(found))
  const { stores, groups } = scanner
  return {
    lineCount,
    ids: stores.inOrder().map(stores.idOf),
    pairs: pairs.flatMap(({ groups: numbers, words, count }) =>
      Array.from({ length: count }, (_, i) => [groups.weekOf(numbers[i]!), words[i]]),
    ),
    groups: groups.size(),
  }
}

const lines = (stores: readonly number[], date: string) =>
  stores.map((store) => `store-${store},active,${date} 10:00:00.5 UTC\n`).join('')

test('a scanner that takes the place of one that was disposed of knows nothing of what that took', () => {
  const many = Array.from({ length: 5000 }, (_, i) => i)
  const first = scan(lines([3, 1], '2023-01-25'))
  scan(lines(many, '2023-01-18'))
  expect(scan(lines([3, 1], '2023-01-25'))).toEqual(first)
  expect(first).toMatchObject({ lineCount: 2, ids: ['store-1', 'store-3'], groups: 2 })
})

test('it has a latest poll of its own', () => {
  const text = lines([1], '2023-01-25')
  expect(scan(text, Date.parse('2023-02-01')).lineCount).toBe(1)
  expect(scan(text, Date.parse('2023-01-25')).lineCount).toBe(0)
  expect(scan(text).lineCount).toBe(1)
})

test('those that are in use at once are apart', () => {
  scan(lines([1], '2023-01-25'))
  using one = createScanner()
  using other = createScanner()
  one.takePolls(Buffer.from(lines([1, 2], '2023-01-25')), () => {})
  other.takePolls(Buffer.from(lines([3], '2023-01-25')), () => {})
  expect([one.stores.size(), other.stores.size()]).toEqual([2, 1])
})
