import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { sortColumns, type SortColumn } from '../../../../shared/row-columns.ts'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { defaultWindow, ScreenHead } from '../../parts/screen-head.tsx'
import { queryOf } from '../../rows-query.ts'
import { trpc } from '../../trpc.ts'
import { useCompared, useReport } from '../../use-report.ts'
import { useIsEmpty } from '../../use-is-empty.ts'
import { useView } from '../../use-view.ts'
import { EmptyDatabase } from '../empty-database.tsx'
import { Filters } from './filters.tsx'
import { StoreTable } from './store-table.tsx'

/** All stores, searched, filtered and sorted by the server. */
export function Stores() {
  const { view } = useView()
  const { data: report, error } = useReport()
  const compared = useCompared(report)
  const { window = defaultWindow, sort, order = 'ascending' } = view
  const sortBy = sortColumns.includes(sort as SortColumn) ? (sort as SortColumn) : 'storeId'
  const filter = queryOf({ ...view, window }, compared?.reportId)
  const query = { reportId: report?.reportId ?? '', ...filter, sortBy, order }
  const summary = useQuery(
    trpc.report.summary.queryOptions(
      { reportId: query.reportId, ...filter },
      { enabled: report !== undefined, placeholderData: keepPreviousData },
    ),
  )
  const isEmpty = useIsEmpty()
  if (isEmpty) return <EmptyDatabase />
  return (
    <div className="stores">
      <ScreenHead title="Stores" />
      {error && <Failed error={error} />}
      {summary.error && <Failed error={summary.error} />}
      <Filters summary={summary.data} query={query} isCurrent={!summary.isPlaceholderData} report={report} />
      {report === undefined ? !error && <Waiting /> : <StoreTable query={query} report={report} />}
    </div>
  )
}
