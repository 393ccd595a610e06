import { useEffect, useState } from 'react'
import { formatTimestamp, parseTimestamp } from '../../../shared/timestamp.ts'
import { nowMs } from '../clock.ts'
import { ago, count, instant } from '../format.ts'
import { useNews } from '../news.ts'
import { useServerIsGone } from '../server-state.ts'
import { useProgress, useReport } from '../use-report.ts'
import { useView } from '../use-view.ts'
import { noViewpoint, type View } from '../view.ts'
import { useKeys } from './keys.ts'
import { NewsBar } from './news-bar.tsx'
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
