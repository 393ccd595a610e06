import { useQuery } from '@tanstack/react-query'
import type { Report } from '../../../../shared/report.ts'
import { businessTime, count } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed } from '../../parts/notice.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { Since } from '../../parts/since.tsx'
import { StoreLink } from '../../parts/store-link.tsx'
import { Strips, useStrips } from '../../parts/strips.tsx'
import { ViewLink } from '../../parts/view-link.tsx'
import type { queryOf } from '../../rows-query.ts'
import { trpc } from '../../trpc.ts'

const SHOWN = 10

/** The stores that are down, those first that have been so for the longest business time. */
export function DownNow({
  report,
  down,
  filter,
}: {
  report: Report
  down: number | null
  filter: ReturnType<typeof queryOf>
}) {
  const { reportId, asOf } = report
  const rows = useQuery(
    trpc.report.rows.queryOptions(
      { ...filter, reportId, now: ['down'], sortBy: 'downMs', order: 'descending', limit: SHOWN },
      { placeholderData: (before) => before, enabled: down !== 0 },
    ),
  )
  const items = down === 0 ? [] : (rows.data?.items ?? [])
  const strips = useStrips([items], report)
  return (
    <section aria-labelledby="down-now">
      <div className="section-head">
        <h2 id="down-now">Down now</h2>
        {down !== null && down > SHOWN && (
          <ViewLink to="/stores" with={{ now: ['down'], sort: 'downMs', order: 'descending' }}>
            All {count(down)}
          </ViewLink>
        )}
      </div>
      {rows.error && <Failed error={rows.error} />}
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
