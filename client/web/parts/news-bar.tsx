import { useEffect, useRef, useState } from 'react'
import type { News } from '../../../shared/news.ts'
import type { Report } from '../../../shared/report.ts'
import { parseTimestamp } from '../../../shared/timestamp.ts'
import { nowMs } from '../clock.ts'
import { instant } from '../format.ts'
import { useNews } from '../news.ts'
import { queryClient } from '../trpc.ts'
import { useIsEmpty } from '../use-is-empty.ts'
import { inputOf, useReport } from '../use-report.ts'
import { useView } from '../use-view.ts'

const byItselfKey = 'store-monitor: show what is new by itself'

/** A change that is told so soon after the report was asked for again may be the one that it was asked for. */
const OWN_CHANGE_MS = 5000

interface Known {
  readonly viewpoint: string
  readonly askedAt: number
  readonly isAgain: boolean
  readonly change: News['lastChange']
}

/** That there is something newer than what is shown, which is shown when that is wanted. */
export function NewsBar() {
  const isNew = useIsNew()
  const until = useNews()?.latestPoll
  const { data: report } = useReport()
  const [isByItself, setIsByItself] = useState(() => localStorage.getItem(byItselfKey) !== null)
  const isShown = isNew && !isByItself

  useEffect(() => {
    if (isNew && isByItself) show()
  }, [isNew, isByItself])

  function choose(wanted: boolean): void {
    if (wanted) localStorage.setItem(byItselfKey, '')
    else localStorage.removeItem(byItselfKey)
    setIsByItself(wanted)
  }

  return (
    <>
      <div role="status">
        {isShown && (
          <p className="bar news">
            <span className="frame">
              {report && until && isLater(until, report)
                ? `Polls until ${instant(until)}`
                : 'The data have changed'}
              <button type="button" className="plain" onClick={show}>
                Show
              </button>
              <button type="button" className="plain" onClick={() => choose(true)}>
                Always show at once
              </button>
            </span>
          </p>
        )}
      </div>
      {isByItself && (
        <p className="bar quiet">
          <span className="frame">
            What is new is shown as it comes
            <button type="button" className="plain" onClick={() => choose(false)}>
              Ask before
            </button>
          </span>
        </p>
      )}
    </>
  )
}

function show(): void {
  void queryClient.invalidateQueries()
}

function isLater(until: string, { asOf }: Report): boolean {
  return parseTimestamp(until) > parseTimestamp(asOf)
}

/** Whether the news are of other data than the report that is shown. */
function useIsNew(): boolean {
  const { view } = useView()
  const news = useNews()
  const { data: report, isFetching, dataUpdatedAt: askedAt } = useReport()
  const known = useRef<Known>(undefined)
  const [isChanged, setIsChanged] = useState(false)
  const viewpoint = JSON.stringify(inputOf(view))
  useFirstPolls(news)
  const until = view.asOf === undefined ? (news?.latestPoll ?? null) : null
  const hasLater = report !== undefined && until !== null && isLater(until, report)

  useEffect(() => {
    if (news === undefined || isFetching) return
    const before = known.current
    const isSame = before?.viewpoint === viewpoint && before.askedAt === askedAt
    if (!isSame) {
      known.current = {
        viewpoint,
        askedAt,
        isAgain: before?.viewpoint === viewpoint,
        change: news.lastChange,
      }
      setIsChanged(false)
    } else if (before.change !== news.lastChange) {
      known.current = { ...before, change: news.lastChange }
      // The server says whether it is: the same report, or one with the change.
      if (before.isAgain && !hasLater && nowMs() - askedAt < OWN_CHANGE_MS) {
        void queryClient.invalidateQueries({ queryKey: ['viewpoint'] })
      } else setIsChanged(true)
    }
  }, [news, isFetching, askedAt, viewpoint, hasLater])

  if (report === undefined || isFetching || news === undefined) return false
  return hasLater || isChanged
}

/** Shows the first polls of a database as soon as there are any. */
function useFirstPolls(news: News | undefined): void {
  const isEmpty = useIsEmpty()
  const hasPolls = (news?.latestPoll ?? null) !== null
  useEffect(() => {
    if (isEmpty && hasPolls) show()
  }, [isEmpty, hasPolls])
}
