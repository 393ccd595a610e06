import { memo } from 'react'
import type { Report } from '../../../../shared/report.ts'
import type { Strip } from '../../../../shared/store-strip.ts'
import { DayStrip } from '../../charts/strip.tsx'
import { change, hours, percent } from '../../format.ts'
import { Since } from '../../parts/since.tsx'
import { StateMark } from '../../parts/state-mark.tsx'
import { StoreLink } from '../../parts/store-link.tsx'
import { defaultWindow } from '../../parts/screen-head.tsx'
import type { Row, RowsQuery } from './pages.ts'

/** A store; blank until it has come. */
export const StoreRow = memo(function StoreRow({
  place,
  row,
  strip,
  report,
  query: { window = defaultWindow },
  isActive,
}: {
  place: number
  row: Row | undefined
  strip: Strip | undefined
  report: Report
  query: RowsQuery
  isActive: boolean
}) {
  const className = isActive ? 'grid-row active' : 'grid-row'
  if (row === undefined) {
    return (
      <div role="row" aria-rowindex={place + 2} className={className}>
        <span role="cell" className="c-store quiet">
          …
        </span>
      </div>
    )
  }
  return (
    <div role="row" aria-rowindex={place + 2} data-row={place} className={className}>
      <span role="rowheader" className="c-store">
        <StoreLink row={row} />
      </span>
      <span role="cell" className="c-now">
        <StateMark state={row.now} />
      </span>
      <span role="cell" className="c-since">
        {row.since !== null && (
          <Since at={row.since} isCut={row.sinceIsCut} asOf={report.asOf} timezone={row.timezone} />
        )}
      </span>
      <span role="cell" className="c-uptime number">
        {percent(row[`uptime${window}Percent`])}
      </span>
      <span role="cell" className={`c-change number ${toneOf(row.change)}`}>
        {change(row.change)}
      </span>
      <span role="cell" className="c-down number">
        {hours(row[`downtime${window}Ms`])}
      </span>
      <span role="cell" className="c-unknown number">
        {hours(row[`unknown${window}Ms`])}
      </span>
      <span role="cell" className="c-strip">
        {strip && <DayStrip days={strip.days} />}
      </span>
    </div>
  )
})

function toneOf(points: number | null): string {
  if (points === null || points === 0) return 'quiet'
  return points < 0 ? 'worse' : 'better'
}
