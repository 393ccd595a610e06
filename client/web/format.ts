/** How figures are written: short, aligned, and never more exact or better than they are. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Stands where there is no figure. */
export const none = '–'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const hundredths = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

export function count(value: number): string {
  return whole.format(value)
}

/** `1 store`, `2 stores`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** `99.87 %`; 100 and 0 only where it is exactly that, which the server sees to. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? none : `${hundredths.format(value)} %`
}

/** `12.3 %` of a share; below a tenth, but not nothing, `< 0.1 %`. */
export function share(part: number, whole: number): string {
  if (whole === 0) return none
  const value = (part / whole) * 100
  if (value > 0 && value < 0.1) return '< 0.1 %'
  if (value < 100 && value > 99.9) return '> 99.9 %'
  return `${tenths.format(value)} %`
}

/** `+0.41` points, with a true minus. */
export function change(points: number | null | undefined): string {
  if (points === null || points === undefined) return none
  const text = hundredths.format(Math.abs(points))
  if (text === '0.00') return '±0.00'
  return `${points < 0 ? '−' : '+'}${text}`
}

/** `3 d 4 h`, `2 h 05 min`, `21 min`, `40 s`: the two largest units, cut and not rounded. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return none
  if (ms < MINUTE_MS) return ms === 0 ? '0 min' : `${Math.max(1, Math.floor(ms / 1000))} s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`
  if (ms < DAY_MS) {
    const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS)
    return `${Math.floor(ms / HOUR_MS)} h ${String(minutes).padStart(2, '0')} min`
  }
  return `${whole.format(Math.floor(ms / DAY_MS))} d ${Math.floor((ms % DAY_MS) / HOUR_MS)} h`
}

/** Business time as a duration: `55 min`, `5 h 08 min`, `76 h`; a day of it is no day of the clock. */
export function businessTime(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || ms < DAY_MS) return duration(ms)
  return `${whole.format(Math.floor(ms / HOUR_MS))} h`
}

/** Business time in hours, `1,234 h`, which days would make look less; `0.4 h` where it is little. */
export function hours(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return none
  const value = ms / HOUR_MS
  if (value > 0 && value < 0.1) return '< 0.1 h'
  return `${value < 100 && ms > 0 ? tenths.format(value) : whole.format(value)} h`
}

const amounts = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })

/** `1,200` or `0.85`: an amount, which has two digits. */
export function money(amount: number): string {
  return amounts.format(amount)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${options.timeZone}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', ...options })
  formats.set(key, made)
  return made
}

/** `Wed 25 Jan 2023, 18:13 UTC`. */
export function instant(at: string | number | null | undefined, timeZone = 'UTC'): string {
  if (at === null || at === undefined) return none
  const date = formatOf('date', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
  const time = formatOf('time', { timeZone, hour: '2-digit', minute: '2-digit', timeZoneName: 'short' })
  const ms = new Date(at)
  return `${date.format(ms).replace(',', '')}, ${time.format(ms)}`
}

/** `18:13` on the day of `asOf`, `Tue 18:13` in the week before it, else `25 Jan 18:13`; on the clocks of `timeZone`. */
export function nearInstant(at: string | null | undefined, asOf: string, timeZone = 'UTC'): string {
  if (at === null || at === undefined) return none
  const ms = new Date(at)
  const asOfMs = new Date(asOf)
  const time = formatOf('clock', { timeZone, hour: '2-digit', minute: '2-digit' }).format(ms)
  const date = formatOf('day', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' })
  if (date.format(ms) === date.format(asOfMs)) return time
  const isNear = Math.abs(asOfMs.getTime() - ms.getTime()) < 6 * DAY_MS
  const day = isNear
    ? formatOf('weekday', { timeZone, weekday: 'short' })
    : formatOf('month', { timeZone, day: 'numeric', month: 'short' })
  return `${day.format(ms)} ${time}`
}

/** `4 min ago`, of how old something is. */
export function ago(ms: number): string {
  return ms < MINUTE_MS ? 'just now' : `${duration(ms)} ago`
}

export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
