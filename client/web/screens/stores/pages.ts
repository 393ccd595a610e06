/** Rows on request: pages of a hundred, of which those are asked for that are in view. */
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { useState } from 'react'
import type { AppRouter } from '../../../../server/api/router.ts'
import { trpc } from '../../trpc.ts'

export type RowsQuery = Omit<inferRouterInputs<AppRouter>['report']['rows'], 'cursor' | 'limit' | 'storeId'>
export type Row = inferRouterOutputs<AppRouter>['report']['rows']['items'][number]

const PAGE = 100
/** Pages that are out of view are kept so long, as one often scrolls back. */
const KEPT_MS = 60_000

function pageOptions(query: RowsQuery, page: number) {
  const cursor = page === 0 ? {} : { cursor: String(page * PAGE) }
  return trpc.report.rows.queryOptions({ ...query, ...cursor, limit: PAGE }, { gcTime: KEPT_MS })
}

/** The query whose first page is there: while another one is asked, its rows stay. */
export function useSettledQuery(query: RowsQuery) {
  const first = useQuery({ ...pageOptions(query, 0), placeholderData: keepPreviousData })
  const [settled, setSettled] = useState(query)
  const isSettled = !first.isPlaceholderData && first.data !== undefined
  if (isSettled && JSON.stringify(settled) !== JSON.stringify(query)) setSettled(query)
  return {
    settled: isSettled ? query : settled,
    isSettled,
    total: first.data?.total,
    error: first.error,
  }
}

/** Rows from `first` to before `end`; undefined where one is not there yet. Nothing new is asked for where it is not wanted. */
export function useRows(query: RowsQuery, first: number, end: number, isWanted: boolean) {
  const from = Math.floor(first / PAGE)
  const to = Math.max(from, Math.ceil(end / PAGE) - 1)
  const pages = useQueries({
    queries: Array.from({ length: to - from + 1 }, (_, place) => ({
      ...pageOptions(query, from + place),
      enabled: isWanted && query.reportId !== '',
    })),
  })
  return {
    pages: pages.flatMap(({ data }) => (data ? [data.items] : [])),
    rowAt: (row: number): Row | undefined => pages[Math.floor(row / PAGE) - from]?.data?.items[row % PAGE],
  }
}
