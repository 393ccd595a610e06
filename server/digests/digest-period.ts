import { formatLocalDate } from '../../shared/local-date.ts'
import { periodNames } from '../uptime/periods.ts'
import { Temporal } from '../uptime/temporal.ts'
import type { Interval } from '../uptime/interval.ts'

/** When a digest is told, and of what. */
export interface DigestSchedule {
  readonly every: 'day' | 'week'
  /** The local time, as minutes from midnight. */
  readonly at: number
  readonly zone: string
}

/** A day or a week of a digest, by the dates of its zone. */
export interface DigestPeriod extends Interval {
  /** As reports name it. */
  readonly name: string
  /** The period before it. */
  readonly nameBefore: string
  readonly fromBefore: string
  /** The first and the last local date. */
  readonly from: string
  readonly to: string
  /** When it is told. */
  readonly dueMs: number
}

type PlainDate = InstanceType<typeof Temporal.PlainDate>

/** The latest that is due; each is due once, whatever becomes of clocks. */
export function latestPeriod(schedule: DigestSchedule, nowMs: number): DigestPeriod {
  let date = dueDateFrom(schedule, localDateAt(schedule, nowMs))
  while (dueAt(schedule, date) > nowMs) date = date.subtract({ days: daysOf(schedule) })
  return periodTold(schedule, date)
}

export function periodAfter(schedule: DigestSchedule, { to }: DigestPeriod): DigestPeriod {
  return periodTold(schedule, Temporal.PlainDate.from(to).add({ days: 1 + daysOf(schedule) }))
}

/** The one that a local date is in. */
export function periodOfDate(schedule: DigestSchedule, date: string): DigestPeriod {
  const monday = dueDateFrom(schedule, Temporal.PlainDate.from(date))
  return periodTold(schedule, monday.add({ days: daysOf(schedule) }))
}

/** What is told on a date: the days before it. */
function periodTold(schedule: DigestSchedule, dueDate: PlainDate): DigestPeriod {
  const { every, zone } = schedule
  const days = daysOf(schedule)
  const first = dueDate.subtract({ days })
  const before = first.subtract({ days })
  const nameOf = (date: PlainDate) => periodNames(every, dayOf(date), dayOf(date) + days - 1)[0]!
  return {
    name: nameOf(first),
    nameBefore: nameOf(before),
    fromBefore: before.toString(),
    from: first.toString(),
    to: formatLocalDate(dayOf(dueDate) - 1),
    startMs: first.toZonedDateTime(zone).epochMilliseconds,
    endMs: dueDate.toZonedDateTime(zone).epochMilliseconds,
    dueMs: dueAt(schedule, dueDate),
  }
}

/** A time that there is twice is the first one, and one that there is not as much later as clocks are put forward. */
function dueAt({ at, zone }: DigestSchedule, date: PlainDate): number {
  const time = { hour: Math.floor(at / 60), minute: at % 60 }
  return date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
}

/** Of weeks, the Monday. */
function dueDateFrom({ every }: DigestSchedule, date: PlainDate): PlainDate {
  return every === 'day' ? date : date.subtract({ days: date.dayOfWeek - 1 })
}

function localDateAt({ zone }: DigestSchedule, nowMs: number): PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(zone).toPlainDate()
}

function daysOf({ every }: DigestSchedule): number {
  return every === 'day' ? 1 : 7
}

function dayOf(date: PlainDate): number {
  return new Temporal.PlainDate(1970, 1, 1).until(date).days
}
