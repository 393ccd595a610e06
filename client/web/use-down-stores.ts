import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { DownStores } from '../../shared/store-now.ts'
import { useNews } from './news.ts'
import { queryClient, trpc } from './trpc.ts'
import { useView } from './use-view.ts'

/** The stores that are down as polls come, the longest first; nothing where the view is of another moment, or judges otherwise. */
export function useDownStores(limit: number): DownStores | undefined {
  const { asOf, interpolation, reach, corrections, group } = useView().view
  const isOfNow = [asOf, interpolation, reach, corrections].every((given) => given === undefined)
  const news = useNews()
  const dataAre = JSON.stringify({ ...news, lastReport: null, at: null })
  useEffect(() => {
    void queryClient.invalidateQueries(trpc.store.down.queryFilter())
  }, [dataAre])
  const only = group === undefined ? {} : { labels: [...group] }
  const { data } = useQuery(
    trpc.store.down.queryOptions({ limit, ...only }, { enabled: isOfNow, placeholderData: keepPreviousData }),
  )
  return isOfNow ? data : undefined
}
