import { useQuery } from '@tanstack/react-query'
import type { Report } from '../../../../shared/report.ts'
import { Hatched } from '../../charts/hatch.tsx'
import { HeatLegend, HeatMap } from '../../charts/heat-map.tsx'
import { WeekHours } from '../../charts/week-hours.tsx'
import { Failed } from '../../parts/notice.tsx'
import { Sized } from '../../parts/sized.tsx'
import { comparedText } from '../../parts/viewpoint.tsx'
import { trpc } from '../../trpc.ts'
import { useView } from '../../use-view.ts'

/** When in the week stores are down, on their own clocks. */
export function HoursOfWeek({ report, compared }: { report: Report; compared: Report | undefined }) {
  const { compare } = useView().view
  const hours = useQuery(
    trpc.report.hours.queryOptions({ reportId: report.reportId }, { placeholderData: (before) => before }),
  )
  const before = useQuery(
    trpc.report.hours.queryOptions(
      { reportId: compared?.reportId ?? '' },
      { enabled: compared !== undefined, placeholderData: (earlier) => earlier },
    ),
  )
  if (hours.error) return <Failed error={hours.error} />
  if (hours.data === undefined) return null
  return (
    <div className="columns">
      <section aria-labelledby="by-hour">
        <div className="section-head">
          <h2 id="by-hour">Down by hour of the week</h2>
          <ul className="legend">
            <li>
              <i className="key down" /> down
            </li>
            <li>
              <Hatched /> not observed
            </li>
            {compared && (
              <li>
                <i className="key before" /> {comparedText(compare)}
              </li>
            )}
          </ul>
        </div>
        <Sized>
          {(width) => (
            <WeekHours hours={hours.data.hours} before={compared && before.data?.hours} width={width} />
          )}
        </Sized>
      </section>
      <section aria-labelledby="by-weekday">
        <div className="section-head">
          <h2 id="by-weekday">Weekday and local hour</h2>
        </div>
        <Sized>{(width) => <HeatMap hours={hours.data.hours} width={width} />}</Sized>
        <HeatLegend />
      </section>
    </div>
  )
}
