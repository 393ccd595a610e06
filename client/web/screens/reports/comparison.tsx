import { useQuery } from '@tanstack/react-query'
import type { Report } from '../../../../shared/report.ts'
import { windowNames } from '../../../../shared/row-columns.ts'
import { change, hours, instant, percent } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed } from '../../parts/notice.tsx'
import { windowTexts } from '../../parts/screen-head.tsx'
import { StoreLink } from '../../parts/store-link.tsx'
import { trpc } from '../../trpc.ts'
import { optionsInWords } from './options-in-words.ts'

const MOST_CHANGED = 10

/** Two reports beside each other: their sums, and the stores that changed most. */
export function Comparison({
  reports: [earlier, later],
  close,
}: {
  reports: readonly [earlier: Report, later: Report]
  close: () => void
}) {
  const before = useQuery(trpc.report.summary.queryOptions({ reportId: earlier.reportId }))
  const after = useQuery(
    trpc.report.summary.queryOptions({ reportId: later.reportId, compareWith: earlier.reportId }),
  )
  const error = before.error ?? after.error
  return (
    <section aria-labelledby="comparison" className="comparison">
      <div className="section-head">
        <h2 id="comparison">Compared</h2>
        <button type="button" className="plain" onClick={close}>
          Close
        </button>
      </div>
      <p className="quiet">
        From {nameOf(earlier)} to {nameOf(later)}
      </p>
      {error && <Failed error={error} />}
      {before.data && after.data && (
        <table className="narrow">
          <thead>
            <tr>
              <Column>Window</Column>
              <Column isNumber>Uptime before</Column>
              <Column isNumber>Uptime</Column>
              <Column isNumber>Points</Column>
              <Column isNumber>Down before</Column>
              <Column isNumber>Down</Column>
            </tr>
          </thead>
          <tbody>
            {windowNames.map((name) => {
              const [old, now] = [before.data.windows[name], after.data.windows[name]]
              return (
                <tr key={name}>
                  <th scope="row">{windowTexts[name]}</th>
                  <td className="number">{percent(old.uptimePercent)}</td>
                  <td className="number">{percent(now.uptimePercent)}</td>
                  <td className="number">{change(now.changePoints)}</td>
                  <td className="number">{hours(old.downtimeMs)}</td>
                  <td className="number">{hours(now.downtimeMs)}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      <div className="columns">
        <MostChanged title="Worse" order="ascending" earlier={earlier} later={later} />
        <MostChanged title="Better" order="descending" earlier={earlier} later={later} />
      </div>
    </section>
  )
}

function nameOf(report: Report): string {
  const options = optionsInWords(report)
  return options === '' ? instant(report.asOf) : `${instant(report.asOf)} (${options})`
}

function MostChanged({
  title,
  order,
  earlier,
  later,
}: {
  title: string
  order: 'ascending' | 'descending'
  earlier: Report
  later: Report
}) {
  const { data } = useQuery(
    trpc.report.rows.queryOptions({
      reportId: later.reportId,
      compareWith: earlier.reportId,
      sortBy: 'change',
      order,
      limit: MOST_CHANGED,
    }),
  )
  const rows = (data?.items ?? []).filter(({ change: points }) =>
    order === 'ascending' ? (points ?? 0) < 0 : (points ?? 0) > 0,
  )
  return (
    <div>
      <h3>{title}, last week</h3>
      {data && rows.length === 0 && <p className="quiet">No store.</p>}
      <table>
        <tbody>
          {rows.map((row) => (
            <tr key={row.storeId}>
              <th scope="row">
                <StoreLink row={row} />
              </th>
              <td className="number">{percent(row.uptimeLastWeekPercent)}</td>
              <td className={`number ${order === 'ascending' ? 'worse' : 'better'}`}>{change(row.change)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
