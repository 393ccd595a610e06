import type { ReactNode } from 'react'
import type { ReportSummary } from '../../../../shared/report-summary.ts'
import type { WindowName } from '../../../../shared/row-columns.ts'
import { change, count, hours, none, percent, share } from '../../format.ts'
import { windowTexts } from '../../parts/screen-head.tsx'
import { ViewLink } from '../../parts/view-link.tsx'
import { useView, type ViewChanges } from '../../use-view.ts'
import { comparedText } from '../../parts/viewpoint.tsx'

/** The four that tell how it is. */
export function Figures({
  summary,
  now,
  window,
}: {
  summary: ReportSummary
  now: ReportSummary['now']
  window: WindowName
}) {
  const sums = summary.windows[window]
  const openMs = sums.uptimeMs + sums.downtimeMs + sums.unknownMs
  const during = <span className="phone-out">, {windowTexts[window]}</span>
  return (
    <ul className="figures">
      <Figure
        label="Down now"
        to={{ now: ['down'], sort: 'downMs', order: 'descending' }}
        value={now ? count(now.down) : none}
        isBad={now !== null && now.down > 0}
      >
        {now
          ? `of ${count(now.up + now.down + now.unknown + now.excused)} open · ${count(now.unknown)} unknown · ${count(now.closed)} closed`
          : 'not kept by this report'}
      </Figure>
      <Figure
        label={<>Uptime{during}</>}
        to={{ sort: `uptime${window}Percent` }}
        value={percent(sums.uptimePercent)}
      >
        {sums.changePoints === null ? 'nothing to compare with' : <Change points={sums.changePoints} />}
      </Figure>
      <Figure
        label={<>Lost{during}</>}
        to={{ sort: `downtime${window}Ms`, order: 'descending' }}
        value={hours(sums.downtimeMs)}
      >
        of {hours(openMs)} business time
      </Figure>
      <Figure
        label={<>Not observed{during}</>}
        to={{ sort: `unknown${window}Ms`, order: 'descending' }}
        value={share(sums.unknownMs, openMs)}
      >
        {hours(sums.unknownMs)} of business time
      </Figure>
    </ul>
  )
}

function Figure({
  label,
  value,
  to,
  isBad = false,
  children,
}: {
  label: ReactNode
  value: string
  to: ViewChanges
  isBad?: boolean
  children: ReactNode
}) {
  return (
    <li>
      <ViewLink to="/stores" with={to}>
        <span className="label">{label}</span>
        <strong className={isBad ? 'bad' : undefined}>{value}</strong>
        <span className="quiet">{children}</span>
      </ViewLink>
    </li>
  )
}

function Change({ points }: { points: number }) {
  const { compare } = useView().view
  const tone = points < 0 ? 'worse' : points > 0 ? 'better' : undefined
  return (
    <>
      <span className={tone}>{change(points)}</span> points to {comparedText(compare)}
    </>
  )
}
