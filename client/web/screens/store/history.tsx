import { useQuery } from '@tanstack/react-query'
import { formatLocalDate } from '../../../../shared/local-date.ts'
import type { PeriodUnit } from '../../../../shared/period-unit.ts'
import { HeatLegend, HeatMap } from '../../charts/heat-map.tsx'
import { TrendChart } from '../../charts/trend.tsx'
import { Sized } from '../../parts/sized.tsx'
import { trpc } from '../../trpc.ts'
import { useView } from '../../use-view.ts'
import { judgingOf } from './judging.ts'

const DAY_MS = 86_400_000
const TREND_WEEKS = 12
const HOURS_WEEKS = 8

export function Trend({ storeId, asOf }: { storeId: string; asOf: string }) {
  const { data } = useHistory(storeId, asOf, 'week', TREND_WEEKS)
  return (
    <section aria-labelledby="trend">
      <div className="section-head">
        <h2 id="trend">Twelve weeks</h2>
        <span className="quiet">uptime by week</span>
      </div>
      {data && <Sized>{(width) => <TrendChart periods={data.items} width={width} />}</Sized>}
    </section>
  )
}

export function Hours({ storeId, asOf }: { storeId: string; asOf: string }) {
  const { data } = useHistory(storeId, asOf, 'hour-of-week', HOURS_WEEKS)
  return (
    <section aria-labelledby="hours">
      <div className="section-head">
        <h2 id="hours">Weekday and local hour</h2>
        <span className="quiet">share down, eight weeks</span>
      </div>
      {data && (
        <>
          <Sized>{(width) => <HeatMap hours={data.items} width={width} />}</Sized>
          <HeatLegend />
        </>
      )}
    </section>
  )
}

/** Whole weeks from Monday on, up to the date of `asOf`. */
function useHistory(storeId: string, asOf: string, by: PeriodUnit, weeks: number) {
  const { view } = useView()
  const date = Math.floor(Date.parse(asOf) / DAY_MS)
  const monday = date - ((date + 3) % 7)
  return useQuery(
    trpc.store.history.queryOptions(
      {
        ...judgingOf({ ...view, asOf }),
        storeId,
        by,
        since: formatLocalDate(monday - (weeks - 1) * 7),
        until: formatLocalDate(date),
      },
      { placeholderData: (before) => before },
    ),
  )
}
