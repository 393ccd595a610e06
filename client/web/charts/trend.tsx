import { percent, share } from '../format.ts'
import { Chart } from './chart.tsx'
import { countedMs, type Tally } from './tally.ts'

const HEIGHT = 148
const TOP = 18
const BOTTOM = 20
const PLOT = HEIGHT - TOP - BOTTOM

interface Period extends Tally {
  readonly period: string
  readonly uptimePercent: number | null
}

/** Business time by period, a column each: down from the ground, unknown hatched above it, up pale; its uptime on top. */
export function TrendChart({ periods, width }: { periods: readonly Period[]; width: number }) {
  const step = width / periods.length
  return (
    <Chart width={width} height={HEIGHT} label={inWords(periods)}>
      <path d={`M0 ${TOP + PLOT + 0.5}H${width}`} className="axis" />
      {periods.map((period, place) => (
        <g key={period.period} transform={`translate(${place * step} 0)`}>
          <title>{said(period)}</title>
          <Column period={period} width={step - Math.min(8, step / 4)} />
          <text x={(step - Math.min(8, step / 4)) / 2} y={TOP - 6} textAnchor="middle">
            {period.uptimePercent === null ? '–' : Math.floor(period.uptimePercent)}
          </text>
          {(periods.length - 1 - place) % 2 === 0 && (
            <text x={(step - Math.min(8, step / 4)) / 2} y={HEIGHT - 5} textAnchor="middle">
              {period.period.slice(-3)}
            </text>
          )}
        </g>
      ))}
    </Chart>
  )
}

function Column({ period, width }: { period: Period; width: number }) {
  const openMs = countedMs(period)
  if (openMs === 0) return null
  const heightOf = (ms: number) => (ms === 0 ? 0 : Math.max(1.5, (ms / openMs) * PLOT))
  const down = heightOf(period.downtimeMs)
  const unknown = Math.min(heightOf(period.unknownMs), PLOT - down)
  const up = PLOT - down - unknown
  return (
    <>
      {period.uptimeMs > 0 && <rect y={TOP} width={width} height={up} fill="var(--up)" />}
      <rect y={TOP + up} width={width} height={unknown} fill="url(#hatch)" />
      <rect y={TOP + up + unknown} width={width} height={down} fill="var(--down)" />
    </>
  )
}

function said(period: Period): string {
  const openMs = countedMs(period)
  if (openMs === 0) return `${period.period}: closed`
  return `${period.period}: uptime ${percent(period.uptimePercent)}, ${share(period.unknownMs, openMs)} not observed`
}

function inWords(periods: readonly Period[]): string {
  return `Uptime by week. ${periods.map(said).join('; ')}`
}
