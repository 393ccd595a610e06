import { weekdays } from './local-date.ts'
import type { WeeklySpan } from './store.ts'

/** Days that follow each other and have the same hours together: `Mon-Fri 09:00-17:00, Sat 10:00-14:00 18:00-22:00`. */
export function formatWeek(spans: readonly WeeklySpan[]): string {
  const hoursOfDays = weekdays.map((_, day) => formatSpans(spans.filter((span) => span.day === day)))
  const runs: string[] = []
  for (let first = 0; first < weekdays.length;) {
    const hours = hoursOfDays[first]!
    let last = first
    while (hoursOfDays[last + 1] === hours) last++
    const days = first === last ? weekdays[first] : `${weekdays[first]}-${weekdays[last]}`
    if (hours !== '') runs.push(`${days} ${hours}`)
    first = last + 1
  }
  return runs.join(', ')
}

/** The hours of a day: `10:00-14:00 18:00-22:00`. */
export function formatSpans(spans: readonly Omit<WeeklySpan, 'day'>[]): string {
  return spans
    .map(({ start, end }) => `${formatTime(start)}-${formatTime(end)}`)
    .toSorted()
    .join(' ')
}

function formatTime(time: string): string {
  return time.endsWith(':00') ? time.slice(0, -3) : time
}
