import { useQuery } from '@tanstack/react-query'
import type { Report } from '../../../../shared/report.ts'
import type { DownStores } from '../../../../shared/store-now.ts'
import { businessTime, count, instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed } from '../../parts/notice.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { Since } from '../../parts/since.tsx'
import { StoreLink } from '../../parts/store-link.tsx'
import { Strips, useStrips } from '../../parts/strips.tsx'
import { ViewLink } from '../../parts/view-link.tsx'
import type { queryOf } from '../../rows-query.ts'
import { trpc } from '../../trpc.ts'

export const SHOWN = 10

/** The stores that are down, those first that have been so for the longest: as polls come, where that is looked at. */
export function DownNow({
  report,
  live,
  reported,
  filter,
}: {
  report: Report
  live: DownStores | undefined
  /** How many are by the report, which has all of them; null where it does not know. */
  reported: number | null
  filter: ReturnType<typeof queryOf>
}) {
  const { reportId } = report
  const { asOf } = live ?? report
  const isLater = asOf !== report.asOf
  const down = live?.counts.down ?? reported
  const rows = useQuery(
    trpc.report.rows.queryOptions(
      { ...filter, reportId, now: ['down'], sortBy: 'downMs', order: 'descending', limit: SHOWN },
      { placeholderData: (before) => before, enabled: live === undefined && down !== 0 },
    ),
  )
  const items = down === 0 ? [] : (live?.items ?? rows.data?.items ?? [])
  const strips = useStrips([items], report)
  return (
    <section aria-labelledby="down-now">
      <div className="section-head">
        <h2 id="down-now">Down now</h2>
        {isLater && <span className="quiet beside">as of {instant(asOf)}</span>}
        {reported !== null && reported > SHOWN && (
          <ViewLink to="/stores" with={{ now: ['down'], sort: 'downMs', order: 'descending' }}>
            All {count(reported)}
            {isLater && ` as of ${instant(report.asOf)}`}
          </ViewLink>
        )}
      </div>
      {live === undefined && rows.error && <Failed error={rows.error} />}
      {down === 0 && <p className="quiet">No store is down.</p>}
      {items.length > 0 && (
        <Sideways heading="down-now">
          <table className="down-now">
            <thead>
              <tr>
                <Column>Store</Column>
                <Column>Since</Column>
                <Column isNumber>Business time down</Column>
                <Column>Last poll</Column>
                <Column>7 days</Column>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <tr key={row.storeId}>
                  <th scope="row">
                    <StoreLink row={row} />
                  </th>
                  <td>
                    <Since at={row.since} isCut={row.sinceIsCut} asOf={asOf} timezone={row.timezone} />
                  </td>
                  <td className="number">{businessTime(row.downForMs)}</td>
                  <td>
                    <Since at={row.lastPoll} asOf={asOf} timezone={row.timezone} />
                  </td>
                  <td>
                    <Strips of={strips} storeId={row.storeId} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
    </section>
  )
}
