import { share } from '../format.ts'
import { countedMs, type Tally } from './tally.ts'

const WIDTH = 96
const HEIGHT = 12

/** Business time as one bar: down full, unknown hatched and less high, up low. */
export function ShareBar({ tally }: { tally: Tally }) {
  const openMs = countedMs(tally)
  if (openMs === 0) return null
  const widthOf = (ms: number) => (ms === 0 ? 0 : Math.max(1, (ms / openMs) * WIDTH))
  const down = widthOf(tally.downtimeMs)
  const unknown = Math.min(widthOf(tally.unknownMs), WIDTH - down)
  const said = `${share(tally.downtimeMs, openMs)} down, ${share(tally.unknownMs, openMs)} not observed`
  return (
    <svg className="share" width={WIDTH} height={HEIGHT} role="img" aria-label={said}>
      <title>{said}</title>
      <rect y={6} width={WIDTH} height={HEIGHT - 6} fill="var(--up)" />
      {unknown > 0 && <rect x={down} y={3} width={unknown} height={HEIGHT - 3} fill="url(#hatch)" />}
      {down > 0 && <rect width={down} height={HEIGHT} fill="var(--down)" />}
    </svg>
  )
}
