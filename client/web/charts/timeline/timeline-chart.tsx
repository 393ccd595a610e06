import { useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { monthOf, parseLocalDate, weekdayOf } from '../../../../shared/local-date.ts'
import type { Timeline } from '../../../../shared/timeline.ts'
import { duration } from '../../format.ts'
import { momentInWords, movedBy } from './cursor.ts'
import { ClockChanges, DayLane, PollTicks } from './day-row.tsx'
import { localDays, momentAt, placeOf, type LocalDay } from './local-days.ts'

/** Room for dates on the left, and for how long it was down on the right, where there is any. */
const margins = { wide: { left: 92, right: 84 }, narrow: { left: 72, right: 0 } } as const
const NARROW = 560
const TOP = 18
const HALF_AXIS_LABEL = 8
const LANE = 26
const OTHER_LANE = 12
const TICKS = 8
const GAP = 10
const BREAKS = [0, 3, 6, 9, 12, 15, 18, 21, 24] as const

/**
 * A store's time, a row for each local date. One stop of the tab key: arrows, Page Up and Down, Home and End move a cursor,
 * as do the pointer and a finger, and what is true at it is said below. `other` is judged by other rules, in a lane below.
 */
export function TimelineChart({
  timeline,
  other,
  width,
}: {
  timeline: Timeline
  other: Timeline | undefined
  width: number
}) {
  const days = useMemo(() => localDays(timeline), [timeline])
  const [chosenMs, setChosenMs] = useState<number>()
  const [firstMs, lastMs] = [Date.parse(timeline.since), Date.parse(timeline.until) - 1]
  const atMs = Math.min(lastMs, Math.max(firstMs, chosenMs ?? lastMs))
  if (days.length === 0) return <p className="quiet">There is no time in this window.</p>

  const { left, right } = width < NARROW ? margins.narrow : margins.wide
  const plot = Math.max(120, width - left - right - HALF_AXIS_LABEL)
  const whole = left + plot + HALF_AXIS_LABEL + right
  const row = LANE + TICKS + GAP + (other ? OTHER_LANE + 4 : 0)
  const height = TOP + days.length * row
  const words = momentInWords(timeline, atMs)
  const otherWords = other && momentInWords(other, atMs)
  const said =
    otherWords && otherWords !== words
      ? `${words}. Otherwise ${otherWords.slice(words.indexOf(':') + 2)}`
      : words

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const moved = movedBy(event.key, atMs, timeline)
    if (moved === undefined) return
    event.preventDefault()
    setChosenMs(moved)
  }

  function onPointer(event: PointerEvent<SVGSVGElement>): void {
    const chart = event.currentTarget.getBoundingClientRect()
    const place = Math.floor((event.clientY - chart.top - TOP) / row)
    const day = days[Math.min(days.length - 1, Math.max(0, place))]!
    setChosenMs(momentAt(day, (event.clientX - chart.left - left) / plot))
  }

  return (
    <>
      <div
        className="timeline"
        role="slider"
        tabIndex={0}
        aria-label="Timeline"
        aria-valuemin={firstMs}
        aria-valuemax={lastMs}
        aria-valuenow={atMs}
        aria-valuetext={said}
        onKeyDown={onKeyDown}
      >
        <svg
          className="chart"
          width={whole}
          height={height}
          viewBox={`0 0 ${whole} ${height}`}
          onPointerDown={onPointer}
          onPointerMove={onPointer}
          aria-hidden="true"
        >
          <Axis left={left} plot={plot} height={height} />
          {days.map((day, place) => (
            <g key={day.date} transform={`translate(${left} ${TOP + place * row})`}>
              <DayName day={day} />
              <ClockChanges day={day} width={plot} height={LANE} />
              <path d={`M0 ${LANE + 0.5}h${plot}`} className="grid" />
              <DayLane day={day} segments={timeline.segments} width={plot} height={LANE} />
              <g transform={`translate(0 ${LANE + 2})`}>
                <PollTicks day={day} polls={timeline.polls} width={plot} />
              </g>
              {other && (
                <g transform={`translate(0 ${LANE + TICKS + 2})`}>
                  <DayLane day={day} segments={other.segments} width={plot} height={OTHER_LANE} />
                </g>
              )}
              {right > 0 && <DownOfDay day={day} segments={timeline.segments} x={whole - left} />}
            </g>
          ))}
          <Cursor days={days} atMs={atMs} left={left} plot={plot} row={row} />
        </svg>
      </div>
      <p className="moment" aria-hidden="true">
        {said}
      </p>
    </>
  )
}

function Axis({ left, plot, height }: { left: number; plot: number; height: number }) {
  return (
    <g transform={`translate(${left} 0)`}>
      {BREAKS.map((hour) => (
        <g key={hour}>
          <path d={`M${(hour / 24) * plot} ${TOP - 4}V${height}`} className="grid" />
          <text x={(hour / 24) * plot} y={10} textAnchor="middle">
            {hour % (plot < 320 ? 6 : 3) === 0 ? String(hour).padStart(2, '0') : ''}
          </text>
        </g>
      ))}
    </g>
  )
}

function DayName({ day: { date, hours } }: { day: LocalDay }) {
  return (
    <>
      <text x={-12} y={LANE - 7} textAnchor="end">
        {`${weekdayOf(parseLocalDate(date)!)} ${Number(date.slice(-2))} ${monthOf(date)}`}
      </text>
      {hours !== 24 && (
        <text x={-12} y={LANE + 7} textAnchor="end" className="long-day">
          {hours} h
        </text>
      )}
    </>
  )
}

function DownOfDay({ day, segments, x }: { day: LocalDay; segments: Timeline['segments']; x: number }) {
  const downMs = segments
    .filter(({ status }) => status === 'down')
    .reduce((sum, { start, end }) => sum + overlapMs(day, Date.parse(start), Date.parse(end)), 0)
  if (downMs === 0) return null
  return (
    <text x={x} y={LANE - 7} textAnchor="end" className="down">
      {duration(downMs)}
    </text>
  )
}

function overlapMs({ pieces }: LocalDay, startMs: number, endMs: number): number {
  return pieces.reduce(
    (sum, piece) => sum + Math.max(0, Math.min(endMs, piece.endMs) - Math.max(startMs, piece.startMs)),
    0,
  )
}

function Cursor({
  days,
  atMs,
  left,
  plot,
  row,
}: {
  days: readonly LocalDay[]
  atMs: number
  left: number
  plot: number
  row: number
}) {
  const place = placeOf(days, atMs)
  if (place === undefined) return null
  return (
    <g transform={`translate(${left + place.at * plot} ${TOP + place.row * row})`} className="cursor">
      <path d={`M0 -4V${row - GAP + 4}`} />
      <circle cy={-4} r={3} />
    </g>
  )
}

/** Whether the window has any of a status, for a legend without what is not there. */
export function hasStatus({ segments }: Timeline, status: Timeline['segments'][number]['status']): boolean {
  return segments.some((segment) => segment.status === status)
}
