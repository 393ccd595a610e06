import { weekdays } from '../../../shared/local-date.ts'
import { share } from '../format.ts'
import { Chart } from './chart.tsx'
import { Hatched } from './hatch.tsx'
import { countedMs, hourName, type Tally } from './tally.ts'

const LEFT = 36
const ROW = 22
const BOTTOM = 20
const GAP = 1
const HEIGHT = 7 * ROW + BOTTOM

/** From so much down time on, in per cent, a cell has the next colour. */
const shareBreaks = [0, 1, 3, 10, 25, 50] as const

/** How much was down by weekday and local hour: pale to strong, blank where all are closed, hatched where none was observed. */
export function HeatMap({ hours, width }: { hours: readonly Tally[]; width: number }) {
  const step = (width - LEFT) / 24
  return (
    <Chart
      width={width}
      height={HEIGHT}
      label="Share of business time that was down, by weekday and local hour"
    >
      {weekdays.map((day, row) => (
        <text key={day} x={LEFT - 6} y={row * ROW + ROW / 2 + 4} textAnchor="end">
          {day}
        </text>
      ))}
      {hours.map((hour, place) => {
        const fill = fillOf(hour)
        if (fill === undefined) return null
        return (
          <rect
            key={place}
            x={LEFT + (place % 24) * step}
            y={Math.floor(place / 24) * ROW}
            width={step - GAP}
            height={ROW - GAP}
            fill={fill}
          >
            <title>{`${hourName(place)}: ${saidOf(hour)}`}</title>
          </rect>
        )
      })}
      {[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => (
        <text key={hour} x={LEFT + hour * step} y={HEIGHT - 5}>
          {String(hour).padStart(2, '0')}
        </text>
      ))}
    </Chart>
  )
}

export function HeatLegend() {
  return (
    <ul className="legend" aria-label="Share of business time that was down">
      {shareBreaks.map((from, place) => (
        <li key={from}>
          <svg width="14" height="14" aria-hidden="true">
            <rect width="14" height="14" fill={`var(--share-${place})`} />
          </svg>
          {place < shareBreaks.length - 1 ? `${from}–${shareBreaks[place + 1]}` : `${from} %+`}
        </li>
      ))}
      <li>
        <Hatched />
        not observed
      </li>
    </ul>
  )
}

function fillOf(hour: Tally): string | undefined {
  if (countedMs(hour) === 0) return undefined
  const observedMs = hour.uptimeMs + hour.downtimeMs
  if (observedMs === 0) return 'url(#hatch)'
  const percent = (hour.downtimeMs / countedMs(hour)) * 100
  return `var(--share-${shareBreaks.findLastIndex((from) => percent >= from)})`
}

function saidOf(hour: Tally): string {
  const openMs = countedMs(hour)
  if (hour.uptimeMs + hour.downtimeMs === 0) return 'not observed'
  return `${share(hour.downtimeMs, openMs)} down, ${share(hour.unknownMs, openMs)} not observed`
}
