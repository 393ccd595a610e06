/**
 * The arithmetic of a list that may have more rows than a browser can be high: Chromium ends at 33,554,430 pixels. What is
 * scrolled is capped; `top` is where the view really is, as if it were not. Small steps go as far in the one as in the
 * other, large ones (the scroll bar is dragged, End) go to the same share of both.
 */

export interface Geometry {
  readonly rows: number
  readonly rowHeight: number
  readonly viewHeight: number
}

export interface Position {
  /** Pixels above the view, of all rows. */
  readonly top: number
  /** What the browser is to have scrolled by. */
  readonly scroll: number
}

/** Less than what any browser takes. */
const mostHeight = 6_000_000

/** A step of so many views is one of the scroll bar: a pixel of that is more in a list that is capped. */
const JUMP = 4

/** How high the element is that is scrolled. */
export function shownHeight({ rows, rowHeight }: Geometry): number {
  return Math.min(rows * rowHeight, mostHeight)
}

function lastTop({ rows, rowHeight, viewHeight }: Geometry): number {
  return Math.max(0, rows * rowHeight - viewHeight)
}

function lastScroll(geometry: Geometry): number {
  return Math.max(0, shownHeight(geometry) - geometry.viewHeight)
}

/** The position at `top`, as near as there are rows. */
export function positionAt(top: number, geometry: Geometry): Position {
  const last = lastTop(geometry)
  const kept = Math.min(Math.max(0, top), last)
  return { top: kept, scroll: last === 0 ? 0 : (kept / last) * lastScroll(geometry) }
}

/** Where the view is once the browser has scrolled to `scroll`. */
export function afterScroll({ top, scroll: before }: Position, scroll: number, geometry: Geometry): Position {
  const last = lastTop(geometry)
  const end = lastScroll(geometry)
  if (last <= end || last === 0) return { top: Math.min(scroll, last), scroll }
  const step = scroll - before
  if (Math.abs(step) > JUMP * geometry.viewHeight) return { top: (scroll / end) * last, scroll }
  const next = Math.min(Math.max(0, top + step), last)
  // At an end of what is scrolled there is an end of the rows, or else room to scroll on has to be made.
  if (scroll <= 0) return next <= geometry.viewHeight ? { top: 0, scroll: 0 } : positionAt(next, geometry)
  if (scroll >= end - 0.5) {
    return last - next <= geometry.viewHeight ? { top: last, scroll } : positionAt(next, geometry)
  }
  return { top: next, scroll }
}

/** Which rows are seen, the last one not included. */
export function rowsSeen(
  top: number,
  { rows, rowHeight, viewHeight }: Geometry,
): { first: number; end: number } {
  const first = Math.floor(top / rowHeight)
  return { first, end: Math.min(rows, Math.ceil((top + viewHeight) / rowHeight)) }
}

/** Where the view has to be for a row to be in it, moved as little as can be. */
export function topToSee(row: number, top: number, { rowHeight, viewHeight }: Geometry): number {
  const rowTop = row * rowHeight
  if (rowTop < top) return rowTop
  return Math.max(top, rowTop + rowHeight - viewHeight)
}
