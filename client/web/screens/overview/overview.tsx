import { useQuery } from '@tanstack/react-query'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { useRowKeys } from '../../parts/row-keys.ts'
import { defaultWindow, ScreenHead } from '../../parts/screen-head.tsx'
import { queryOf } from '../../rows-query.ts'
import { trpc } from '../../trpc.ts'
import { useCompared, useReport } from '../../use-report.ts'
import { useDownStores } from '../../use-down-stores.ts'
import { useIsEmpty } from '../../use-is-empty.ts'
import { useView } from '../../use-view.ts'
import { EmptyDatabase } from '../empty-database.tsx'
import { Distribution } from './distribution.tsx'
import { DownNow, SHOWN } from './down-now.tsx'
import { Figures } from './figures.tsx'
import { Findings } from './findings.tsx'
import { Groups, Zones } from './groups.tsx'
import { HoursOfWeek } from './hours-of-week.tsx'

/** How the chain is doing. */
export function Overview() {
  const { view } = useView()
  const { data: report, error, isPlaceholderData } = useReport()
  const compared = useCompared(report)
  const { window = defaultWindow } = view
  const filter = queryOf({ window }, compared?.reportId)
  const summary = useQuery(
    trpc.report.summary.queryOptions(
      { reportId: report?.reportId ?? '', ...filter },
      { enabled: report !== undefined, placeholderData: (before) => before },
    ),
  )
  const live = useDownStores(SHOWN)
  const isEmpty = useIsEmpty()
  useRowKeys()
  if (isEmpty) return <EmptyDatabase />
  return (
    <>
      <ScreenHead title="Overview" />
      {error && <Failed error={error} />}
      {summary.error && <Failed error={summary.error} />}
      {report === undefined || summary.data === undefined ? (
        !error && !summary.error && <Waiting />
      ) : (
        <div className={isPlaceholderData || summary.isPlaceholderData ? 'stale' : undefined}>
          <Figures summary={summary.data} now={live?.counts ?? summary.data.now} window={window} />
          <DownNow report={report} live={live} reported={summary.data.now?.down ?? null} filter={filter} />
          <HoursOfWeek report={report} compared={compared} />
          <div className="columns">
            <Distribution bands={summary.data.distribution} window={window} />
            <Zones zones={summary.data.timezones} />
          </div>
          <Groups report={report} labels={summary.data.labels} window={window} />
          <Findings stores={summary.data.stores} />
        </div>
      )}
    </>
  )
}
