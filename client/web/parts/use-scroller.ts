import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { afterScroll, positionAt, rowsSeen, shownHeight, topToSee, type Position } from './scroller.ts'

const SETTLED_AFTER_MS = 120

export interface Scroller {
  readonly view: RefObject<HTMLDivElement | null>
  /** How high what is scrolled has to be. */
  readonly height: number
  readonly first: number
  readonly end: number
  /** How many pixels of the first row are above the view. */
  readonly cut: number
  /** Whether it is moving so far that rows are not worth to be asked for. */
  readonly isFlying: boolean
  /** Moves as little as can be, or so that the row is the first. */
  see(row: number, asFirst?: boolean): void
}

/** Which of `rows` are in view, of an element that is scrolled by the browser; `headHeight` of it is always there. */
export function useScroller(rows: number, rowHeight: number, headHeight: number): Scroller {
  const view = useRef<HTMLDivElement>(null)
  const [viewHeight, setViewHeight] = useState(0)
  const geometry = { rows, rowHeight, viewHeight: Math.max(0, viewHeight - headHeight) }
  const [position, setPosition] = useState<Position>({ top: 0, scroll: 0 })
  const [isFlying, setIsFlying] = useState(false)
  const latest = useRef({ geometry, position })

  const move = useCallback((next: Position, isOurs: boolean) => {
    latest.current.position = next
    setPosition(next)
    if (isOurs && view.current) {
      view.current.scrollTop = next.scroll
      // As the browser has rounded it, so that no step is seen where there was none.
      latest.current.position = { ...next, scroll: view.current.scrollTop }
    }
  }, [])

  useLayoutEffect(() => {
    latest.current.geometry = geometry
    const kept = positionAt(latest.current.position.top, geometry)
    if (kept.top !== latest.current.position.top) move(kept, true)
  })

  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setViewHeight(Math.round(entry!.contentRect.height)))
    observer.observe(view.current!)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    const element = view.current!
    let settle = 0
    function onScroll(): void {
      const { geometry, position } = latest.current
      const scroll = element.scrollTop
      if (scroll === position.scroll) return
      const next = afterScroll(position, scroll, geometry)
      if (Math.abs(next.top - position.top) > geometry.viewHeight * 2) setIsFlying(true)
      move(next, next.scroll !== scroll)
      clearTimeout(settle)
      settle = window.setTimeout(() => {
        setIsFlying(false)
        move(positionAt(latest.current.position.top, latest.current.geometry), true)
      }, SETTLED_AFTER_MS)
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      clearTimeout(settle)
      element.removeEventListener('scroll', onScroll)
    }
  }, [move])

  const see = useCallback(
    (row: number, asFirst = false) => {
      const { geometry, position } = latest.current
      const top = asFirst ? row * geometry.rowHeight : topToSee(row, position.top, geometry)
      move(positionAt(top, geometry), true)
    },
    [move],
  )

  const { first, end } = rowsSeen(position.top, geometry)
  return {
    view,
    height: shownHeight(geometry),
    first,
    end,
    cut: position.top - first * rowHeight,
    isFlying,
    see,
  }
}
