import { useQuery } from '@tanstack/react-query'
import { useTitle } from '../../parts/title.ts'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { trpc } from '../../trpc.ts'
import { useView } from '../../use-view.ts'
import { useIsEmpty } from '../../use-is-empty.ts'
import { EmptyDatabase } from '../empty-database.tsx'
import { Cost } from './cost.tsx'
import { monthAfter, monthInWords } from './months.ts'
import { Promised } from './promised.tsx'

/** What was promised of a month, and what it cost that stores were down. */
export function Month() {
  useTitle('Month')
  const isEmpty = useIsEmpty()
  const { view } = useView()
  const { data, error } = useQuery(trpc.health.queryOptions())
  const latest = data?.database.latestPollAt?.slice(0, 7)
  const month = view.month ?? latest
  if (isEmpty) return <EmptyDatabase />
  if (month === undefined && error) return <Untold error={error} />
  if (month === undefined) return <Waiting />
  return isMonth(month) ? (
    <Shown month={month} latest={latest ?? month} />
  ) : (
    <Untold error={{ message: `"${month}" is no month: write YYYY-MM` }} />
  )
}

function Shown({ month, latest }: { month: string; latest: string }) {
  const { change } = useView()
  const open = (other: string) => change({ month: other === latest ? undefined : other })
  return (
    <>
      <div className="screen-head">
        <h1>{monthInWords(month)}</h1>
        <div className="tools">
          <button type="button" onClick={() => open(monthAfter(month, -1))}>
            Month before
          </button>
          <button type="button" disabled={month >= latest} onClick={() => open(monthAfter(month, 1))}>
            Month after
          </button>
        </div>
      </div>
      <Promised month={month} />
      <Cost month={month} />
    </>
  )
}

function Untold({ error }: { error: { readonly message: string } }) {
  return (
    <>
      <h1>Month</h1>
      <Failed error={error} />
    </>
  )
}

function isMonth(text: string): boolean {
  return /^\d{4}-(?:0[1-9]|1[0-2])$/.test(text)
}
