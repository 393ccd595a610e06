import { weekdays } from '../../../shared/local-date.ts'
import { share } from '../format.ts'
import { Chart } from './chart.tsx'
import { countedMs, hourName, type Tally } from './tally.ts'

const HOURS = 7 * 24
const HEIGHT = 174
const LEFT = 36
const TOP = 8
const BOTTOM = 20
const PLOT = HEIGHT - TOP - BOTTOM

/** How much of the business time of each hour of the week was down and unknown; the week before as a line. */
export function WeekHours({
  hours,
  before,
  width,
}: {
  hours: readonly Tally[]
  before: readonly Tally[] | undefined
  width: number
}) {
  const top = topOf(
    Math.max(...hours.map((hour) => downOf(hour) + unknownOf(hour)), ...(before ?? []).map(downOf)),
  )
  const step = (width - LEFT) / HOURS
  const x = (hour: number) => LEFT + hour * step
  const y = (part: number) => TOP + PLOT * (1 - part / top)
  const barWidth = Math.max(1, step - (step > 3 ? 1 : 0.35))
  return (
    <Chart width={width} height={HEIGHT} label={inWords(hours)}>
      {[0, top / 2, top].map((part) => (
        <g key={part}>
          <line x1={LEFT} x2={width} y1={y(part)} y2={y(part)} className={part === 0 ? 'axis' : 'grid'} />
          <text x={LEFT - 6} y={y(part) + 4} textAnchor="end">
            {Number((part * 100).toPrecision(2))} %
          </text>
        </g>
      ))}
      {weekdays.map((day, place) => (
        <g key={day}>
          {place > 0 && (
            <line x1={x(place * 24)} x2={x(place * 24)} y1={TOP} y2={TOP + PLOT} className="grid" />
          )}
          <text x={x(place * 24 + 12)} y={HEIGHT - 4} textAnchor="middle">
            {day}
          </text>
        </g>
      ))}
      {hours.map((hour, place) => (
        <HourBar key={place} hour={hour} place={place} x={x(place)} width={barWidth} step={step} y={y} />
      ))}
      {before && <path d={lineOf(before, x, y)} className="before" />}
    </Chart>
  )
}

function HourBar({
  hour,
  place,
  x,
  width,
  step,
  y,
}: {
  hour: Tally
  place: number
  x: number
  width: number
  step: number
  y: (part: number) => number
}) {
  const down = downOf(hour)
  const unknown = unknownOf(hour)
  const openMs = countedMs(hour)
  const said =
    openMs === 0
      ? 'closed'
      : `${share(hour.downtimeMs, openMs)} down, ${share(hour.unknownMs, openMs)} not observed`
  return (
    <g>
      <title>{`${hourName(place)}: ${said}`}</title>
      <rect x={x} y={TOP} width={step} height={PLOT} fill="transparent" />
      {down > 0 && (
        <rect x={x} y={y(down)} width={width} height={Math.max(1, y(0) - y(down))} fill="var(--down)" />
      )}
      {unknown > 0 && (
        <rect
          x={x}
          y={y(down + unknown)}
          width={width}
          height={y(down) - y(down + unknown)}
          fill="url(#hatch)"
        />
      )}
    </g>
  )
}

function downOf(hour: Tally): number {
  return hour.downtimeMs === 0 ? 0 : hour.downtimeMs / countedMs(hour)
}

function isObserved({ uptimeMs, downtimeMs }: Tally): boolean {
  return uptimeMs + downtimeMs > 0
}

function unknownOf(hour: Tally): number {
  return hour.unknownMs === 0 ? 0 : hour.unknownMs / countedMs(hour)
}

/** Where the axis ends: the next of a few round shares. */
function topOf(most: number): number {
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8].find((part) => most <= part) ?? 1
}

/** Steps, with gaps where all were closed or none was observed. */
function lineOf(hours: readonly Tally[], x: (hour: number) => number, y: (part: number) => number): string {
  return hours
    .map((hour, place) => {
      if (!isObserved(hour)) return ''
      const isStart = place === 0 || !isObserved(hours[place - 1]!)
      const height = y(downOf(hour)).toFixed(1)
      return `${isStart ? 'M' : 'L'}${x(place).toFixed(1)} ${height}H${x(place + 1).toFixed(1)}`
    })
    .join('')
}

function inWords(hours: readonly Tally[]): string {
  const worst = hours
    .map((hour, place) => ({ hour, place }))
    .filter(({ hour }) => hour.downtimeMs > 0)
    .toSorted((a, b) => downOf(b.hour) - downOf(a.hour))
    .slice(0, 3)
    .map(({ hour, place }) => `${hourName(place)} with ${share(hour.downtimeMs, countedMs(hour))}`)
  return `Share of business time that was down, by hour of the week. ${
    worst.length === 0 ? 'None was.' : `The most: ${worst.join(', ')}.`
  }`
}
