import type { SortColumn } from '../../../../shared/row-columns.ts'
import { defaultWindow } from '../../parts/screen-head.tsx'
import { useView } from '../../use-view.ts'
import type { RowsQuery } from './pages.ts'

interface Column {
  readonly name: string
  readonly className: string
  readonly sort: SortColumn | undefined
  /** What is asked for first. */
  readonly order?: 'descending'
}

/** What each column is sorted by, in the window of the view. */
function columnsOf(window: NonNullable<RowsQuery['window']>): readonly Column[] {
  return [
    { name: 'Store', className: 'c-store', sort: 'storeId' },
    { name: 'Now', className: 'c-now', sort: 'now' },
    { name: 'Since', className: 'c-since', sort: 'since' },
    { name: 'Uptime', className: 'c-uptime number', sort: `uptime${window}Percent` },
    { name: 'Change', className: 'c-change number', sort: 'change' },
    { name: 'Down', className: 'c-down number', sort: `downtime${window}Ms`, order: 'descending' },
    { name: 'Unknown', className: 'c-unknown number', sort: `unknown${window}Ms`, order: 'descending' },
    { name: '7 days', className: 'c-strip', sort: undefined },
  ]
}

export function TableHead({
  query: { sortBy = 'storeId', order = 'ascending', window = defaultWindow },
}: {
  query: RowsQuery
}) {
  const { change } = useView()
  return (
    <div role="rowgroup" className="grid-head">
      <div role="row" aria-rowindex={1} className="grid-row">
        {columnsOf(window).map(({ name, className, sort, order: firstOrder = 'ascending' }) => {
          const isSorted = sort === sortBy
          const other = order === 'ascending' ? 'descending' : 'ascending'
          return (
            <span
              key={name}
              role="columnheader"
              className={className}
              aria-sort={isSorted ? order : undefined}
            >
              {sort === undefined ? (
                name
              ) : (
                <button
                  type="button"
                  onClick={() =>
                    change({
                      sort: sort === 'storeId' ? undefined : sort,
                      order: (isSorted ? other : firstOrder) === 'ascending' ? undefined : 'descending',
                    })
                  }
                >
                  {name}
                  {isSorted && <span aria-hidden="true">{order === 'ascending' ? ' ↑' : ' ↓'}</span>}
                </button>
              )}
            </span>
          )
        })}
      </div>
    </div>
  )
}
