import { instant, nearInstant } from '../format.ts'

/** An instant by the clocks of a store's zone; the whole of it, with the zone, where it is pointed at. */
export function Since({
  at,
  isCut = false,
  asOf,
  timezone,
}: {
  at: string | null
  isCut?: boolean
  asOf: string
  timezone: string
}) {
  if (at === null) return <span className="quiet">–</span>
  const whole = `${instant(at, timezone)} (${timezone}), ${instant(at)}`
  return (
    <time dateTime={at} title={isCut ? `before ${whole}` : whole}>
      {isCut && 'before '}
      {nearInstant(at, asOf, timezone)}
    </time>
  )
}
