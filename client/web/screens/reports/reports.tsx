import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { isFinished } from '../../../../shared/report-state.ts'
import type { Report } from '../../../../shared/report.ts'
import { count } from '../../format.ts'
import { useNews } from '../../news.ts'
import { Column } from '../../parts/column.tsx'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { OlderOnes } from '../../parts/older-ones.tsx'
import { useRowKeys } from '../../parts/row-keys.ts'
import { Sideways } from '../../parts/sideways.tsx'
import { useTitle } from '../../parts/title.ts'
import { queryClient, trpc } from '../../trpc.ts'
import { Comparison } from './comparison.tsx'
import { NewReport } from './new-report.tsx'
import { ReportLine } from './report-line.tsx'

const PER_PAGE = 50
const LOOK_EVERY_MS = 500

/** What was computed, is computed, and can be: files to take along. */
export function Reports() {
  useTitle('Reports')
  useRowKeys()
  const [chosen, setChosen] = useState<readonly Report[]>([])
  const list = useInfiniteQuery(
    trpc.report.list.infiniteQueryOptions(
      { limit: PER_PAGE },
      {
        getNextPageParam: ({ nextCursor }) => nextCursor,
        staleTime: 0,
        // Only the newest are unfinished, so that one look tells of all of them.
        refetchInterval: ({ state }) =>
          state.data?.pages.some(({ items }) => items.some((report) => !isFinished(report.state)))
            ? LOOK_EVERY_MS
            : false,
      },
    ),
  )
  const { reportId, state } = useNews()?.lastReport ?? {}
  useEffect(() => lookAgain(), [reportId, state])
  const reports = list.data?.pages.flatMap(({ items }) => items) ?? []

  function choose(report: Report, isWanted: boolean): void {
    const others = chosen.filter(({ reportId }) => reportId !== report.reportId)
    setChosen(isWanted ? [...others, report].slice(-2) : others)
  }

  return (
    <>
      <div className="screen-head">
        <h1>Reports</h1>
        <div className="tools">
          <NewReport onRequested={lookAgain} />
        </div>
      </div>
      {list.error && <Failed error={list.error} />}
      {chosen.length === 2 && <Comparison reports={inOrder(chosen)} close={() => setChosen([])} />}
      {list.isPending && <Waiting />}
      {list.data !== undefined && reports.length === 0 && <p className="quiet">There are none yet.</p>}
      {reports.length > 0 && (
        <Sideways label="Reports">
          <table>
            <thead>
              <tr>
                <Column>Compare</Column>
                <Column>Report</Column>
                <Column>State</Column>
                <Column>Requested</Column>
                <Column>Files</Column>
                <Column>
                  <span className="unseen">Cancel or delete</span>
                </Column>
              </tr>
            </thead>
            <tbody>
              {reports.map((report) => (
                <ReportLine
                  key={report.reportId}
                  report={report}
                  isChosen={chosen.some(({ reportId }) => reportId === report.reportId)}
                  choose={(isWanted) => choose(report, isWanted)}
                />
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      <p className="go quiet">
        <span>{reports.length > 0 && `${count(reports.length)} shown`}</span>
        <OlderOnes list={list} />
      </p>
    </>
  )
}

function lookAgain(): void {
  void queryClient.invalidateQueries(trpc.report.list.pathFilter())
}

function inOrder(reports: readonly Report[]): [earlier: Report, later: Report] {
  const [a, b] = reports.toSorted((one, other) => Date.parse(one.asOf) - Date.parse(other.asOf))
  return [a!, b!]
}
