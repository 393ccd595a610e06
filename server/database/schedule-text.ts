import type { WeeklySpan } from '../../shared/store.ts'

/** A rule that holds from an instant on, in epoch milliseconds; from ever where it was given without one. */
export interface StoredVersion<Rule> {
  readonly validFrom: number | null
  readonly rule: Rule
}

/** A span of a special day: local times, HH:MM:SS. */
export interface StoredDaySpan {
  readonly start: string
  readonly end: string
}

export interface StoredSpecialDay {
  /** YYYY-MM-DD. */
  readonly date: string
  /** None: closed. */
  readonly spans: readonly StoredDaySpan[]
}

/** All rules of a store, each list in ascending order: rules 1 to 8 of docs/uptime.md. */
export interface StoredSchedule {
  readonly zones: readonly StoredVersion<string>[]
  readonly hours: readonly StoredVersion<readonly WeeklySpan[]>[]
  readonly specialDays: readonly StoredSpecialDay[]
}

export const noSchedule: StoredSchedule = { zones: [], hours: [], specialDays: [] }

interface ScheduleJson {
  readonly zones?: readonly (readonly [validFrom: number | null, timezone: string])[]
  readonly hours?: readonly (readonly [
    validFrom: number | null,
    spans: readonly (readonly [day: number, start: string, end: string])[],
  ])[]
  readonly special?: readonly (readonly [
    date: string,
    spans: readonly (readonly [start: string, end: string])[],
  ])[]
}

/** The one text of a schedule, as it is stored: JSON, without the lists that are empty. */
export function textOfSchedule({ zones, hours, specialDays }: StoredSchedule): string {
  const json: ScheduleJson = {
    ...(zones.length > 0 && { zones: zones.map(({ validFrom, rule }) => [validFrom, rule] as const) }),
    ...(hours.length > 0 && {
      hours: hours.map(
        ({ validFrom, rule }) =>
          [validFrom, rule.map(({ day, start, end }) => [day, start, end] as const)] as const,
      ),
    }),
    ...(specialDays.length > 0 && {
      special: specialDays.map(
        ({ date, spans }) => [date, spans.map(({ start, end }) => [start, end] as const)] as const,
      ),
    }),
  }
  return JSON.stringify(json)
}

export function scheduleOfText(text: string): StoredSchedule {
  const { zones = [], hours = [], special = [] } = JSON.parse(text) as ScheduleJson
  return {
    zones: zones.map(([validFrom, rule]) => ({ validFrom, rule })),
    hours: hours.map(([validFrom, spans]) => ({
      validFrom,
      rule: spans.map(([day, start, end]) => ({ day, start, end })),
    })),
    specialDays: special.map(([date, spans]) => ({
      date,
      spans: spans.map(([start, end]) => ({ start, end })),
    })),
  }
}

/** Behind this stands what is long in a schedule's text, and not its zones. */
export const beforeHours = '"hours":'

/** The zones of a schedule whose text is known up to its hours. */
export function zonesOfText(start: string): StoredSchedule['zones'] {
  return scheduleOfText(start.endsWith('}') ? start : `${start.replace(/,$/, '')}}`).zones
}

/** In one order and without repeats, so that equal rules are equal texts. */
export function sortedSpans<Span extends WeeklySpan | StoredDaySpan>(spans: readonly Span[]): Span[] {
  const byText = new Map(spans.map((span) => [textOfSpan(span), span]))
  return Array.from(byText.keys())
    .sort()
    .map((text) => byText.get(text)!)
}

/** Of one length, so that the order of the texts is that of days, starts and ends. */
function textOfSpan(span: WeeklySpan | StoredDaySpan): string {
  return 'day' in span ? `${span.day},${span.start},${span.end}` : `${span.start},${span.end}`
}
