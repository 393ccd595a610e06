import type { Corrections } from './corrections.ts'
import { fromInstant, intersected, subtracted, type Intervals } from './interval.ts'
import { addTimeInSlots, calendarOf, periodNames, slotsOf, type PeriodUnit, type Slot } from './periods.ts'
import type { PollWeek } from './poll-week.ts'
import type { ZoneInForce } from './schedule.ts'
import { businessTime, speakingTime, type JudgedInput } from './speaking-polls.ts'
import type { Viewpoint } from './store-uptime.ts'
import { createStretches, findStretches, type Stretches } from './stretches.ts'
import type { Tally } from './tally.ts'

/** Totals of a store in each period, in the order of `periodNames`, from its open intervals and polls over `timeOfDates`. */
export type PeriodJudge = (
  open: Intervals,
  weeks: readonly PollWeek[],
  zones: readonly ZoneInForce[],
  corrections?: Corrections,
) => Tally[]

/** The same of stores one after the other, added up. */
export interface PeriodSums {
  add(...store: Parameters<PeriodJudge>): void
  tallies(): Tally[]
}

/**
 * Judges stores one after the other, of the dates what is not before `sinceMs`. What it finds out of `zones` it keeps for
 * others that have the same ones.
 */
export function createPeriodJudge(...judged: ToJudge): PeriodJudge {
  const timesOf = createTimesOf(...judged)
  const count = countOf(...judged)
  return (...store) => {
    const sums = createSums(count)
    addTimes(sums, timesOf(...store))
    return talliesOf(sums)
  }
}

/** As `createPeriodJudge`, of many stores as one. */
export function createPeriodSums(...judged: ToJudge): PeriodSums {
  const timesOf = createTimesOf(...judged)
  const sums = createSums(countOf(...judged))
  return {
    add: (...store) => addTimes(sums, timesOf(...store)),
    tallies: () => talliesOf(sums),
  }
}

export type ToJudge = [
  by: PeriodUnit,
  fromDate: number,
  toDate: number,
  viewpoint: Viewpoint,
  sinceMs?: number,
]

function countOf(...[by, fromDate, toDate]: ToJudge): number {
  return periodNames(by, fromDate, toDate).length
}

/** What is judged of a store, and how its time is divided. */
interface Times {
  readonly slots: readonly Slot[]
  readonly judged: Intervals
  readonly up: Intervals
  readonly down: Intervals
  readonly excused: Intervals
}

const noTime: Intervals = new Float64Array(0)

type Sums = Readonly<Record<Exclude<keyof Times, 'slots'>, Float64Array>>

function createTimesOf(
  ...[by, fromDate, toDate, viewpoint, sinceMs = -Infinity]: ToJudge
): (...store: Parameters<PeriodJudge>) => Times {
  const calendar = calendarOf({ by, fromDate, toDate })
  const slotsOfZones = new WeakMap<readonly ZoneInForce[], readonly Slot[]>()
  let stretches = createStretches(1024)

  function slotsIn(zones: readonly ZoneInForce[]): readonly Slot[] {
    let slots = slotsOfZones.get(zones)
    if (slots === undefined) slotsOfZones.set(zones, (slots = slotsOf(zones, calendar)))
    return slots
  }

  function stretchesOf(input: JudgedInput): Stretches {
    const mostStretches = input.weeks.reduce((sum, { from, to }) => sum + to - from, 0)
    if (mostStretches > stretches.startMs.length) stretches = createStretches(mostStretches * 2)
    findStretches(input.weeks, speakingTime(input), viewpoint, stretches)
    return stretches
  }

  return (open, weeks, zones, corrections) => {
    const input = { open, weeks, viewpoint, corrections }
    const found = stretchesOf(input)
    const business = fromInstant(businessTime(input), sinceMs)
    const judged = corrections === undefined ? business : subtracted(business, corrections.excused)
    return {
      slots: slotsIn(zones),
      judged,
      up: intersected(judged, timeOfStatus(found, 1)),
      down: intersected(judged, timeOfStatus(found, 0)),
      excused: corrections === undefined ? noTime : intersected(business, corrections.excused),
    }
  }
}

function createSums(count: number): Sums {
  const zeros = () => new Float64Array(count)
  return { judged: zeros(), up: zeros(), down: zeros(), excused: zeros() }
}

function addTimes(sums: Sums, { slots, judged, up, down, excused }: Times): void {
  addTimeInSlots(sums.up, up, slots)
  addTimeInSlots(sums.down, down, slots)
  addTimeInSlots(sums.judged, judged, slots)
  addTimeInSlots(sums.excused, excused, slots)
}

function talliesOf({ judged, up, down, excused }: Sums): Tally[] {
  return Array.from(up, (uptimeMs, i) => ({
    uptimeMs,
    downtimeMs: down[i]!,
    unknownMs: judged[i]! - uptimeMs - down[i]!,
    excusedMs: excused[i]!,
  }))
}

function timeOfStatus({ startMs, endMs, active, count }: Stretches, status: 0 | 1): Intervals {
  const flat: number[] = []
  for (let i = 0; i < count; i++) if (active[i] === status) flat.push(startMs[i]!, endMs[i]!)
  return Float64Array.from(flat)
}
