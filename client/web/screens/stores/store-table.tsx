import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Report } from '../../../../shared/report.ts'
import { count } from '../../format.ts'
import { useKeys } from '../../parts/keys.ts'
import { Failed } from '../../parts/notice.tsx'
import { useStrips } from '../../parts/strips.tsx'
import { usePrinting } from '../../parts/use-printing.ts'
import { useScroller } from '../../parts/use-scroller.ts'
import { TableHead } from './table-head.tsx'
import { useRows, useSettledQuery, type Row, type RowsQuery } from './pages.ts'
import { GoToRow } from './go-to-row.tsx'
import { StoreRow } from './store-row.tsx'
import { useRowHeight } from './row-height.ts'

const HEAD_HEIGHT = 36
const PRINTED = 500

/** As many rows as there are, of which those in view are there. */
export function StoreTable({ query, report }: { query: RowsQuery; report: Report }) {
  const { settled, isSettled, total, error } = useSettledQuery(query)
  const rowHeight = useRowHeight()
  const rows = total ?? 0
  const { view, height, first, end, cut, isFlying, see } = useScroller(rows, rowHeight, HEAD_HEIGHT)
  const isPrinting = usePrinting()
  const last = isPrinting ? Math.min(rows, first + PRINTED) : end
  const { pages, rowAt } = useRows(settled, first, last, !isFlying)
  const places = Array.from({ length: Math.max(0, last - first) }, (_, place) => first + place)
  const seen = places.flatMap((place) => rowAt(place) ?? [])
  const strips = useStrips(pages, report, !isFlying)
  const active = useActiveRow(rows, first, see, seen)

  // Another order or filter begins at its start, when it is asked for: whoever goes on before it is there stays where they went.
  const key = JSON.stringify({ ...query, compareWith: query.sortBy === 'change' && query.compareWith })
  useLayoutEffect(() => see(0, true), [key, see])

  if (error) return <Failed error={error} />
  return (
    <>
      <div
        ref={view}
        className={isSettled ? 'grid' : 'grid stale'}
        role="table"
        aria-label="Stores"
        aria-rowcount={rows + 1}
        aria-busy={!isSettled}
        tabIndex={0}
      >
        <TableHead query={query} />
        <div role="rowgroup" className="grid-space" style={{ height: isPrinting ? undefined : height }}>
          <div role="presentation" className="grid-layer">
            <div role="presentation" style={{ transform: isPrinting ? undefined : `translateY(${-cut}px)` }}>
              {places.map((place) => (
                <StoreRow
                  key={place}
                  place={place}
                  row={rowAt(place)}
                  strip={strips.get(rowAt(place)?.storeId ?? '')}
                  report={report}
                  query={settled}
                  isActive={place === active}
                />
              ))}
            </div>
          </div>
        </div>
      </div>
      {rows === 0 && isSettled && <p className="nothing quiet">No store is like that.</p>}
      {rows > end - first && (
        <GoToRow
          rows={rows}
          first={first}
          end={end}
          onGo={(row) => {
            see(row, true)
            view.current?.focus()
          }}
        />
      )}
      {isPrinting && rows > last && (
        <p>
          Rows {count(first + 1)} to {count(last)} of {count(rows)}; all of them are in the CSV.
        </p>
      )}
    </>
  )
}

/** `j` and `k` go through the rows, also beyond those that are in view. */
function useActiveRow(
  rows: number,
  first: number,
  see: (row: number) => void,
  seen: readonly Row[],
): number | undefined {
  const [active, setActive] = useState<number>()
  const isMoved = useRef(false)

  function move(step: number): void {
    const from = active ?? (step > 0 ? first - 1 : first)
    const next = Math.min(Math.max(0, from + step), rows - 1)
    if (rows === 0) return
    isMoved.current = true
    setActive(next)
    see(next)
  }

  useKeys({ j: () => move(1), k: () => move(-1) })
  useEffect(() => {
    if (!isMoved.current || active === undefined) return
    const link = document.querySelector<HTMLElement>(`[data-row="${active}"] a`)
    if (link === null) return
    isMoved.current = false
    link.focus({ preventScroll: true })
  }, [active, seen])
  return active
}
