import type { ReportSummary } from '../../../../shared/report-summary.ts'
import type { WindowName } from '../../../../shared/row-columns.ts'
import { count } from '../../format.ts'
import { windowTexts } from '../../parts/screen-head.tsx'
import { ViewLink } from '../../parts/view-link.tsx'
import { bandText, bandValue } from '../../parts/uptime-bands.ts'

/** How many stores had which uptime; each bar leads to them. */
export function Distribution({
  bands,
  window,
}: {
  bands: ReportSummary['distribution']
  window: WindowName
}) {
  const most = Math.max(1, ...bands.map(({ stores }) => stores))
  return (
    <section aria-labelledby="distribution">
      <div className="section-head">
        <h2 id="distribution">Stores by uptime, {windowTexts[window]}</h2>
      </div>
      <ul className="bands">
        {bands.map((band) => (
          <li key={bandValue(band)}>
            <ViewLink to="/stores" with={{ uptime: bandValue(band) }} aria-disabled={band.stores === 0}>
              <span className="band">{bandText(band)}</span>
              <svg className="track" height="14" aria-hidden="true">
                <rect
                  width={`${(band.stores / most) * 100}%`}
                  height="14"
                  fill={band.observed === 'never' ? 'url(#hatch)' : 'var(--bar)'}
                />
              </svg>
              <span className="number">{count(band.stores)}</span>
            </ViewLink>
          </li>
        ))}
      </ul>
    </section>
  )
}
