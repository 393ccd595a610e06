import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterScroll,
  positionAt,
  rowsSeen,
  shownHeight,
  topToSee,
  type Geometry,
  type Position,
} from '../../../client/web/parts/scroller.ts'

const million: Geometry = { rows: 1_000_000, rowHeight: 40, viewHeight: 600 }
const few: Geometry = { rows: 50, rowHeight: 40, viewHeight: 600 }
const start: Position = { top: 0, scroll: 0 }

/** What the browser does, which takes no more than there is. */
function scrolled(position: Position, step: number, geometry: Geometry): Position {
  const end = shownHeight(geometry) - geometry.viewHeight
  return afterScroll(position, Math.min(Math.max(0, position.scroll + step), end), geometry)
}

test('no browser is asked for a higher element than it has', () => {
  expect(shownHeight(million)).toBeLessThan(10_000_000)
  expect(shownHeight(few)).toBe(2000)
})

test('a short list is scrolled as any other', () => {
  expect(scrolled(start, 250, few)).toEqual({ top: 250, scroll: 250 })
  expect(scrolled(start, 99_999, few)).toEqual({ top: 1400, scroll: 1400 })
})

describe('in a million rows', () => {
  test('a turn of the wheel goes as far as in a short list', () => {
    const middle = positionAt(20_000_000, million)
    expect(scrolled(middle, 100, million).top).toBe(20_000_100)
    expect(scrolled(middle, -100, million).top).toBe(19_999_900)
  })

  test('the scroll bar goes to the same share, and to both ends', () => {
    const end = shownHeight(million) - million.viewHeight
    expect(afterScroll(start, end / 2, million).top).toBeCloseTo((40_000_000 - 600) / 2)
    expect(rowsSeen(afterScroll(start, end, million).top, million)).toEqual({
      first: 999_985,
      end: 1_000_000,
    })
    expect(afterScroll(positionAt(30_000_000, million), 0, million).top).toBe(0)
  })

  test('small steps alone reach the last row, and the first one again', () => {
    let position = positionAt(40_000_000 - 50_000, million)
    for (let step = 0; step < 1000; step++) position = scrolled(position, 100, million)
    expect(rowsSeen(position.top, million).end).toBe(1_000_000)
    position = positionAt(50_000, million)
    for (let step = 0; step < 1000; step++) position = scrolled(position, -100, million)
    expect(position.top).toBe(0)
  })

  test('small steps never leave out a row', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 40_000_000, noNaN: true }),
        fc.array(fc.integer({ min: -300, max: 300 }), { maxLength: 60 }),
        (top, steps) => {
          let position = positionAt(top, million)
          for (const step of steps) {
            const next = scrolled(position, step, million)
            // At an end at most the rest of it, which was in view.
            expect(Math.abs(next.top - position.top)).toBeLessThanOrEqual(2 * million.viewHeight)
            position = next
          }
        },
      ),
    )
  })

  test('every row can be gone to', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 999_999 }), (from, row) => {
        const top = topToSee(row, positionAt(from * 40, million).top, million)
        const { first, end } = rowsSeen(positionAt(top, million).top, million)
        expect(first <= row && row < end).toBe(true)
      }),
    )
  })
})

test('a list that got shorter is shown to its end', () => {
  expect(positionAt(30_000_000, few)).toEqual({ top: 1400, scroll: 1400 })
  expect(positionAt(300, { ...few, rows: 3 })).toEqual({ top: 0, scroll: 0 })
})
