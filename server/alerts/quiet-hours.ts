const MINUTE_MS = 60_000
const DAY_MINUTES = 1440

/** Local times, each as minutes from midnight: from the first to before the second, perhaps over midnight. */
export interface QuietHours {
  readonly from: number
  readonly to: number
}

/** When the quiet hours end that it is now in a zone; undefined where it is none. */
export function quietUntilMs(quiet: QuietHours | undefined, zone: string, nowMs: number): number | undefined {
  if (quiet === undefined) return undefined
  const { from, to } = quiet
  const now = minutesOfDay(nowMs, zone)
  const isQuiet = from < to ? now >= from && now < to : now >= from || now < to
  if (!isQuiet) return undefined
  const startOfMinute = nowMs - (nowMs % MINUTE_MS)
  const end = startOfMinute + wrapped(to - now) * MINUTE_MS
  // Clocks may be changed until then.
  const off = wrapped(to - minutesOfDay(end, zone) + DAY_MINUTES / 2) - DAY_MINUTES / 2
  return Math.max(end + off * MINUTE_MS, startOfMinute + MINUTE_MS)
}

function wrapped(minutes: number): number {
  return ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
}

function minutesOfDay(ms: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  })
  const [hours = 0, minutes = 0] = format.format(ms).split(':').map(Number)
  return hours * 60 + minutes
}
