import { describe, expect, test } from 'vitest'
import { stretchesOfParts } from '../../server/reports/part-size.ts'
import { storeId } from '../../shared/ids.ts'

const partsOf = (numbers: readonly number[]) =>
  numbers.map((part) => ({ part, firstStoreId: storeId.parse(`s${part}`), nextStoreId: null }))

const dealt = (numbers: readonly number[], workers: number, partsAtOnce = 4) =>
  stretchesOfParts(partsOf(numbers), { workers, partsAtOnce }).map((stretch) =>
    stretch.map(({ part }) => part),
  )

describe('the parts of a report', () => {
  test('are dealt to all workers', () => {
    expect(dealt([0, 1, 2, 3, 4, 5], 2)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect(dealt([0, 1], 8)).toEqual([[0], [1]])
    expect(dealt([], 2)).toEqual([])
    expect(dealt([0, 1, 2], 1, 1)).toEqual([[0], [1], [2]])
  })

  test('are done at most so many at once, so that a killed report has little to do again', () => {
    expect(dealt([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1).map((stretch) => stretch.length)).toEqual([4, 4, 2])
  })

  test('are read at once only where they follow each other', () => {
    expect(dealt([0, 2, 3, 7], 1)).toEqual([[0], [2, 3], [7]])
  })
})
