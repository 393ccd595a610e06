import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { useMay } from '../../caller.ts'
import { count, instant } from '../../format.ts'
import { Failed } from '../../parts/notice.tsx'
import { useNews } from '../../news.ts'
import { useTitle } from '../../parts/title.ts'
import { queryClient, trpc } from '../../trpc.ts'
import { Changes } from './changes.tsx'
import { Check } from './check.tsx'
import { Imports } from './imports.tsx'

const FileDrop = lazy(async () => ({ default: (await import('../../parts/file-drop.tsx')).FileDrop }))

/** What figures are made of, where it came from, and what is to be doubted of it. */
export function Data() {
  useTitle('Data')
  useLatest()
  const mayImport = useMay('imports:write')
  const health = useQuery(trpc.health.queryOptions(undefined, { staleTime: 0 }))
  return (
    <>
      <div className="screen-head">
        <div>
          <h1>Data</h1>
          {health.data && health.data.database.polls !== null && (
            <p className="quiet">
              {count(health.data.database.polls)} polls of {count(health.data.database.stores)} stores, the
              latest {instant(health.data.database.latestPollAt)}
            </p>
          )}
        </div>
      </div>
      {health.error && <Failed error={health.error} />}
      {mayImport && (
        <section aria-label="Import files">
          <Suspense>
            <FileDrop />
          </Suspense>
        </section>
      )}
      <Check />
      <Imports />
      <Changes />
    </>
  )
}

/** Shows what comes in from elsewhere as it does; the check is for who asks, as it reads all polls of a week. */
function useLatest(): void {
  const news = useNews()
  const told = JSON.stringify([news?.latestPoll, news?.lastImport, news?.lastChange])
  useEffect(() => {
    for (const shown of [trpc.health, trpc.import.list, trpc.data.changes]) {
      void queryClient.invalidateQueries(shown.pathFilter())
    }
  }, [told])
}
