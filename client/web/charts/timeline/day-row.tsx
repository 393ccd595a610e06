import type { Timeline, TimelineSegment } from '../../../../shared/timeline.ts'
import { spansIn, type LocalDay, type Span } from './local-days.ts'

type Status = TimelineSegment['status']

/** What part of the row's height a status has: its form tells it, not its colour alone. */
const heights: Readonly<Record<Exclude<Status, 'closed'>, number>> = {
  down: 1,
  unknown: 0.62,
  excused: 0.62,
  up: 0.34,
}
const fills: Readonly<Record<keyof typeof heights, string>> = {
  down: 'var(--down)',
  unknown: 'url(#hatch)',
  excused: 'none',
  up: 'var(--up)',
}

/** A local date by status, `height` high from the ground up; what is closed is empty. */
export function DayLane({
  day,
  segments,
  width,
  height,
}: {
  day: LocalDay
  segments: Timeline['segments']
  width: number
  height: number
}) {
  const pieces = statusSpans(day, segments)
  return (
    <g>
      {pieces.map(({ status, from, to }) => {
        const high = Math.round(height * heights[status])
        const edge = status === 'excused' ? 0.75 : 0
        return (
          <rect
            key={`${status} ${from}`}
            x={from * width + edge}
            y={height - high + edge}
            width={Math.max(1, (to - from) * width - 2 * edge)}
            height={high - 2 * edge}
            fill={fills[status]}
            {...(status === 'excused' ? { stroke: 'var(--excused)', strokeWidth: 1.5 } : {})}
          />
        )
      })}
    </g>
  )
}

/** Segments of one status are drawn as one, whichever polls speak for them. */
function statusSpans(day: LocalDay, segments: Timeline['segments']) {
  const spans: (Span & { readonly status: keyof typeof heights; to: number })[] = []
  for (const { start, end, status } of segments) {
    if (status === 'closed') continue
    for (const span of spansIn(day, Date.parse(start), Date.parse(end))) {
      const last = spans.at(-1)
      if (last?.status === status && Math.abs(last.to - span.from) < 1e-9) last.to = span.to
      else spans.push({ ...span, status })
    }
  }
  return spans
}

/** A tick for each poll of the date: longer where it found the store inactive, pale where it does not speak. */
export function PollTicks({ day, polls, width }: { day: LocalDay; polls: Timeline['polls']; width: number }) {
  const paths = { speaking: '', silent: '', inactive: '' }
  for (const { at, status, silence } of polls) {
    const ms = Date.parse(at)
    const [span] = spansIn(day, ms, ms + 1)
    if (span === undefined) continue
    const x = (span.from * width).toFixed(1)
    if (silence !== null) paths.silent += `M${x} 0v${status === 'active' ? 4 : 6}`
    else if (status === 'active') paths.speaking += `M${x} 0v4`
    else paths.inactive += `M${x} 0v6`
  }
  return (
    <g fill="none">
      {paths.silent && <path d={paths.silent} className="tick silent" />}
      {paths.speaking && <path d={paths.speaking} className="tick" />}
      {paths.inactive && <path d={paths.inactive} className="tick inactive" />}
    </g>
  )
}

/** Where the clocks of the date change: the hour that comes twice in two halves, or the one that is left out. */
export function ClockChanges({ day, width, height }: { day: LocalDay; width: number; height: number }) {
  return (
    <g>
      {day.changes.map(({ from, to, isRepeated }) => (
        <g key={from} className="clock-change">
          <title>
            {isRepeated
              ? 'This hour comes twice: first its left half, then its right one'
              : 'The clocks leave this hour out'}
          </title>
          <rect x={from * width} y={0} width={(to - from) * width} height={height} />
          {isRepeated && <path d={`M${((from + to) / 2) * width} 0v${height}`} />}
        </g>
      ))}
    </g>
  )
}
