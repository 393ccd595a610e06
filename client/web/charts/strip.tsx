import { parseLocalDate, weekdayOf } from '../../../shared/local-date.ts'
import type { Strip } from '../../../shared/store-strip.ts'
import { percent } from '../format.ts'
import { Chart } from './chart.tsx'
import { uptimePercent } from '../../../shared/report-columns.ts'

type Day = Strip['days'][number]

const DAY_WIDTH = 11
const GAP = 2
const HEIGHT = 20

/** The last days of a store, a column each: down from the ground, unknown hatched above it, up pale; a line where it is closed. */
export function DayStrip({ days }: { days: readonly Day[] }) {
  const width = days.length * (DAY_WIDTH + GAP) - GAP
  return (
    <Chart className="strip" width={width} height={HEIGHT} label={inWords(days)}>
      <title>{inWords(days)}</title>
      {days.map((day, place) => (
        <DayColumn key={day.date} day={day} x={place * (DAY_WIDTH + GAP)} />
      ))}
    </Chart>
  )
}

function DayColumn({ day, x }: { day: Day; x: number }) {
  const { uptimeMs, downtimeMs, unknownMs, excusedMs } = day
  const openMs = uptimeMs + downtimeMs + unknownMs + excusedMs
  if (openMs === 0)
    return <rect x={x} y={HEIGHT - 1} width={DAY_WIDTH} height={1} fill="var(--strong-line)" />
  // What is there at all is seen: at least a pixel and a half of it.
  const heightOf = (ms: number) => (ms === 0 ? 0 : Math.max(1.5, (ms / openMs) * HEIGHT))
  const down = heightOf(downtimeMs)
  const unknown = Math.min(heightOf(unknownMs), HEIGHT - down)
  const excused = Math.min(heightOf(excusedMs), HEIGHT - down - unknown)
  const up = HEIGHT - down - unknown - excused
  return (
    <g>
      {uptimeMs > 0 && <rect x={x} y={0} width={DAY_WIDTH} height={up} fill="var(--up)" />}
      {excused > 0 && (
        <rect
          x={x + 0.5}
          y={up + 0.5}
          width={DAY_WIDTH - 1}
          height={Math.max(0.5, excused - 1)}
          fill="none"
          stroke="var(--excused)"
        />
      )}
      {unknown > 0 && (
        <rect x={x} y={HEIGHT - down - unknown} width={DAY_WIDTH} height={unknown} fill="url(#hatch)" />
      )}
      {down > 0 && <rect x={x} y={HEIGHT - down} width={DAY_WIDTH} height={down} fill="var(--down)" />}
    </g>
  )
}

function inWords(days: readonly Day[]): string {
  const words = days.map(({ date, uptimeMs, downtimeMs, unknownMs, excusedMs }) => {
    const day = weekdayOf(parseLocalDate(date)!)
    if (uptimeMs + downtimeMs + unknownMs + excusedMs === 0) return `${day} closed`
    if (uptimeMs + downtimeMs === 0) return `${day} not observed`
    return `${day} ${percent(uptimePercent(uptimeMs, downtimeMs))}`
  })
  return `Uptime by day: ${words.join(', ')}`
}
