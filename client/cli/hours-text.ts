import { AppError } from '../../shared/app-error.ts'
import type { WeeklySpan } from '../../shared/store.ts'
import { weekdays } from '../../shared/local-date.ts'

type DaySpan = Omit<WeeklySpan, 'day'>

const allDays = weekdays.map((_, day) => day)
const span = /^(\d{1,2}:\d\d(?::\d\d)?)[-–](\d{1,2}:\d\d(?::\d\d)?)$/

/** Weekly hours as the list of stores has them: `Mon-Fri 09:00-17:00, Sat 10:00-14:00 18:00-22:00`; or `always`. */
export function parseWeek(texts: readonly string[]): WeeklySpan[] {
  const words = wordsOf(texts)
  if (words.join().toLowerCase() === 'always') {
    return allDays.map((day) => ({ day, start: '00:00', end: '24:00' }))
  }
  const spans: WeeklySpan[] = []
  let days: readonly number[] = []
  for (const word of words) {
    const hours = parseSpan(word)
    if (hours === undefined) days = daysOf(word)
    else if (days.length === 0) throw notHours(word)
    else spans.push(...days.map((day) => ({ day, ...hours })))
  }
  return spans
}

/** The hours of a day: `10:00-14:00 18:00-22:00`, or `closed`. */
export function parseDay(texts: readonly string[]): DaySpan[] {
  const words = wordsOf(texts)
  if (words.join().toLowerCase() === 'closed') return []
  return words.map((word) => {
    const hours = parseSpan(word)
    if (hours !== undefined) return hours
    throw new AppError(
      'invalid',
      `"${word}" is not a span: write hours such as 10:00-14:00 18:00-22:00, or closed`,
    )
  })
}

function wordsOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== '')
}

function parseSpan(word: string): DaySpan | undefined {
  const [, start, end] = span.exec(word) ?? []
  return start === undefined || end === undefined ? undefined : { start, end }
}

function daysOf(word: string): readonly number[] {
  const [first = '', last = first, ...more] = word.split(/[-–]/)
  const [from, to] = [first, last].map((name) =>
    weekdays.findIndex((day) => day.toLowerCase() === name.toLowerCase().slice(0, 3)),
  )
  if (from! < 0 || to! < from! || more.length > 0) throw notHours(word)
  return allDays.slice(from, to! + 1)
}

function notHours(word: string): AppError {
  return new AppError(
    'invalid',
    `"${word}" is not what is expected: write days and hours such as Mon-Fri 09:00-17:00, Sat 10:00-14:00, or always`,
  )
}
