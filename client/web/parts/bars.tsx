import { useEffect, useState } from 'react'
import { formatTimestamp, parseTimestamp } from '../../../shared/timestamp.ts'
import { nowMs } from '../clock.ts'
import { ago, count, instant } from '../format.ts'
import { useNews } from '../news.ts'
import { useServerIsGone } from '../server-state.ts'
import { queryClient } from '../trpc.ts'
import { useProgress, useReport } from '../use-report.ts'
import { useView } from '../use-view.ts'
import { noViewpoint, type View } from '../view.ts'
import { useKeys } from './keys.ts'
import { comparedText } from './viewpoint.tsx'

const DAY_MS = 86_400_000

/** What is to be known of all that is below. */
export function Bars() {
  useAsOfKeys()
  return (
    <div className="bars" role="region" aria-label="Notices">
      <GoneBar />
      <ViewpointBar />
      <ProgressBar />
      <NewsBar />
    </div>
  )
}

function GoneBar() {
  const isGone = useServerIsGone()
  const { dataUpdatedAt } = useReport()
  const [now, setNow] = useState(nowMs)
  useEffect(() => {
    if (!isGone) return undefined
    const timer = setInterval(() => setNow(nowMs()), 30_000)
    return () => clearInterval(timer)
  }, [isGone])
  return (
    <div role="status">
      {isGone && (
        <p className="bar">
          <span className="frame">
            The server does not answer, and is asked again.
            {dataUpdatedAt > 0 && ` What is shown is from ${ago(Math.max(0, now - dataUpdatedAt))}.`}
          </span>
        </p>
      )}
    </div>
  )
}

/** Says that figures are not those of the default viewpoint, and leads back. */
function ViewpointBar() {
  const { view, change } = useView()
  const said = viewpointInWords(view)
  if (said.length === 0) return null
  return (
    <div className="bar viewed">
      <p className="frame">
        <span>{said.join(' · ')}</span>
        <button type="button" className="plain" onClick={() => change(noViewpoint)}>
          Reset
        </button>
      </p>
    </div>
  )
}

function viewpointInWords({ asOf, interpolation, reach, corrections, compare, group }: View): string[] {
  const asOfMs = asOf === undefined ? NaN : parseTimestamp(asOf)
  return [
    asOf && `As of ${Number.isNaN(asOfMs) ? asOf : instant(asOfMs)}`,
    interpolation && `Interpolation ${interpolation}`,
    reach && `Reach ${reach}`,
    corrections && `Corrections ${corrections}`,
    compare && `Compared with ${comparedText(compare)}`,
    group && `Only ${group.join(', ')}`,
  ].filter((words) => words !== undefined)
}

function ProgressBar() {
  const progress = useProgress()
  return (
    <div role="status">
      {progress && (
        <p className="bar">
          <span className="frame">
            <progress
              max={progress.storesTotal || 1}
              value={progress.storesTotal === 0 ? undefined : progress.storesDone}
              aria-label="Report"
            />
            {progress.storesTotal > 0 &&
              `${count(progress.storesDone)} of ${count(progress.storesTotal)} stores are computed`}
          </span>
        </p>
      )}
    </div>
  )
}

const byItselfKey = 'store-monitor: show new polls by themselves'

/** That there are newer polls than those shown, which are shown when that is wanted. */
function NewsBar() {
  const { view } = useView()
  const { data: report, isFetching, error } = useReport()
  const news = useNews()
  const [isByItself, setIsByItself] = useState(() => localStorage.getItem(byItselfKey) !== null)
  const until = news?.latestPoll ?? undefined
  const isNew =
    view.asOf === undefined &&
    report !== undefined &&
    until !== undefined &&
    !isFetching &&
    parseTimestamp(until) > parseTimestamp(report.asOf)

  const isFirst = report === undefined && error !== null && until !== undefined
  useEffect(() => {
    if (isFirst) void queryClient.invalidateQueries()
  }, [isFirst])
  useEffect(() => {
    if (isNew && isByItself) void queryClient.invalidateQueries()
  }, [isNew, isByItself])

  function choose(wanted: boolean): void {
    if (wanted) localStorage.setItem(byItselfKey, '')
    else localStorage.removeItem(byItselfKey)
    setIsByItself(wanted)
  }

  return (
    <div role="status">
      {isNew && !isByItself && (
        <p className="bar news">
          <span className="frame">
            Polls until {instant(until)}
            <button type="button" className="plain" onClick={() => void queryClient.invalidateQueries()}>
              Show
            </button>
            <button type="button" className="plain" onClick={() => choose(true)}>
              Always show at once
            </button>
          </span>
        </p>
      )}
      {isByItself && view.asOf === undefined && (
        <p className="bar quiet">
          <span className="frame">
            New polls are shown as they come
            <button type="button" className="plain" onClick={() => choose(false)}>
              Ask before
            </button>
          </span>
        </p>
      )}
    </div>
  )
}

function useAsOfKeys(): void {
  const { view, change } = useView()
  const { data: report } = useReport()
  const news = useNews()

  function move(days: number): void {
    const from = view.asOf ?? report?.asOf
    if (from === undefined) return
    const asOfMs = parseTimestamp(from) + days * DAY_MS
    const latestMs = news?.latestPoll ? parseTimestamp(news.latestPoll) : Infinity
    change({ asOf: asOfMs >= latestMs ? undefined : formatTimestamp(asOfMs) })
  }

  useKeys({ '[': () => move(-1), ']': () => move(1), '.': () => change({ asOf: undefined }) })
}
