/** Stores and points of view for property tests, bent towards the edges: clock changes, boundaries, ties. */
import fc from 'fast-check'
import type { WeeklyHours } from '../../server/uptime/business-hours.ts'
import type { Correction } from '../../server/uptime/corrections.ts'
import { correctionKinds } from '../../shared/correction-kind.ts'
import type { SpecialDay, Version } from '../../server/uptime/schedule.ts'
import type { Viewpoint } from '../../server/uptime/store-uptime.ts'
import { windowLengthsMs } from '../support/judged-store.ts'
import {
  scheduleOf,
  slowOpenIntervals,
  type DetailedStore,
  type Poll,
  type Store,
} from '../support/slow-twin.ts'
import { allZones, clockChanges } from '../support/zones.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const MIDNIGHT_MS = DAY_MS

export interface Scenario {
  readonly store: Store
  readonly viewpoint: Viewpoint
}

const aTimeOfDay = fc.oneof(
  fc.integer({ min: 0, max: 23 }).map((hour) => hour * HOUR_MS),
  fc.integer({ min: 0, max: 24 * 60 - 1 }).map((minute) => minute * MINUTE_MS),
  fc.integer({ min: 0, max: DAY_MS / SECOND_MS - 1 }).map((second) => second * SECOND_MS),
  fc.constantFrom(0, MIDNIGHT_MS - MINUTE_MS, MIDNIGHT_MS - SECOND_MS),
)
const anEnd = fc.oneof(
  { weight: 3, arbitrary: aTimeOfDay },
  fc.constantFrom(
    MIDNIGHT_MS,
    MIDNIGHT_MS - MINUTE_MS,
    MIDNIGHT_MS - SECOND_MS,
    MIDNIGHT_MS - MINUTE_MS - SECOND_MS,
    0,
  ),
)
const aRow = fc.record({ day: fc.integer({ min: 0, max: 6 }), startMs: aTimeOfDay, endMs: anEnd })
/** The same hours every day, as most stores have them, so that polls meet open time. */
const aDailyRule = fc
  .record({ startMs: aTimeOfDay, endMs: anEnd })
  .map(({ startMs, endMs }) => [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, startMs, endMs })))

export const someHours: fc.Arbitrary<readonly WeeklyHours[] | null> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.array(aRow, { minLength: 1, maxLength: 12 }) },
  { weight: 3, arbitrary: aDailyRule },
  { weight: 1, arbitrary: fc.tuple(aDailyRule, aDailyRule).map((rules) => rules.flat()) },
)

const anyInstant = fc.integer({ min: Date.UTC(1965, 0, 1), max: Date.UTC(2037, 0, 1) })

/** An instant in the two weeks around a clock change of the zone, if it has any. */
function aroundAClockChange(timezone: string): fc.Arbitrary<number> {
  const changes = clockChanges(timezone)
  if (changes.length === 0) return anyInstant
  const days = fc.integer({ min: -1 * DAY_MS, max: 9 * DAY_MS })
  return fc.tuple(fc.constantFrom(...changes), days).map(([changeMs, delta]) => changeMs + delta)
}

const anInstantAndZone = fc.constantFrom(...allZones).chain((timezone) =>
  fc.record({
    timezone: fc.constant(timezone),
    asOfMs: fc
      .tuple(
        fc.oneof(anyInstant, aroundAClockChange(timezone)),
        fc.constantFrom(1, SECOND_MS, MINUTE_MS, HOUR_MS),
      )
      .map(([at, unit]) => Math.floor(at / unit) * unit),
  }),
)

const aReach = fc.oneof(
  fc.constantFrom(MINUTE_MS, HOUR_MS, 3 * HOUR_MS, DAY_MS, 7 * DAY_MS),
  fc.integer({ min: MINUTE_MS, max: 7 * DAY_MS }),
  fc.integer({ min: MINUTE_MS, max: 4 * HOUR_MS }),
)

/** Where a poll lies: so much after one of some instants, and a reach or two before or after. */
interface PollPlace {
  readonly anchor: 'as of' | 'window end' | 'opening or closing' | 'poll before'
  readonly pick: number
  readonly reaches: number
  readonly ms: number
}

function aPollPlace(
  anchor: PollPlace['anchor'],
  reaches: readonly number[],
  ms: fc.Arbitrary<number>,
): fc.Arbitrary<PollPlace> {
  return fc.record({
    anchor: fc.constant(anchor),
    pick: fc.nat({ max: 1000 }),
    reaches: fc.constantFrom(...reaches),
    ms,
  })
}

const aNudge = fc.constantFrom(0, 0, -1, 1, 2)
const somePolls = fc.array(
  fc.record({
    active: fc.boolean(),
    place: fc.oneof(
      { weight: 6, arbitrary: aPollPlace('as of', [0], fc.integer({ min: -15 * DAY_MS, max: DAY_MS })) },
      { weight: 3, arbitrary: aPollPlace('as of', [0], fc.integer({ min: -2 * HOUR_MS, max: 0 })) },
      { weight: 2, arbitrary: aPollPlace('window end', [-1, 0, 0, 1], aNudge) },
      { weight: 3, arbitrary: aPollPlace('opening or closing', [0], aNudge) },
      { weight: 3, arbitrary: aPollPlace('poll before', [0, 0, 1, 2], aNudge) },
    ),
  }),
  { maxLength: 30 },
)

export const aScenario: fc.Arbitrary<Scenario> = fc
  .record({
    zone: anInstantAndZone,
    hours: someHours,
    interpolation: fc.constantFrom('nearest' as const, 'previous' as const),
    reachMs: aReach,
    polls: somePolls,
  })
  .map(({ zone: { timezone, asOfMs }, hours, interpolation, reachMs, polls }) => {
    const within = { startMs: asOfMs - 15 * DAY_MS, endMs: asOfMs + DAY_MS }
    const openEnds = slowOpenIntervals({ timezone, hours }, within).flatMap(({ startMs, endMs }) => [
      startMs,
      endMs,
    ])
    const windowEnds = [asOfMs, ...windowLengthsMs.map((ms) => asOfMs - ms)]
    const placed: Poll[] = []
    for (const { place, active } of polls) {
      const anchors = {
        'as of': [asOfMs],
        'window end': windowEnds,
        'opening or closing': openEnds,
        'poll before': placed.slice(-1).map(({ atMs }) => atMs),
      }[place.anchor]
      const anchorMs = anchors[place.pick % anchors.length] ?? asOfMs
      placed.push({ atMs: anchorMs + place.reaches * reachMs + place.ms, active })
    }
    return { store: { timezone, hours, polls: placed }, viewpoint: { asOfMs, interpolation, reachMs } }
  })

export interface DetailedScenario {
  readonly store: DetailedStore
  readonly viewpoint: Viewpoint
}

const anInstantNear = fc.integer({ min: -12 * DAY_MS, max: DAY_MS })

function laterVersions<Rule>(rule: fc.Arbitrary<Rule>): fc.Arbitrary<Version<Rule>[]> {
  const aVersion = fc.record({ validFromMs: anInstantNear, rule })
  return fc.uniqueArray(aVersion, { maxLength: 2, selector: ({ validFromMs }) => validFromMs })
}

const someSpecialDays: fc.Arbitrary<SpecialDay[]> = fc.uniqueArray(
  fc.record({
    date: fc.integer({ min: -12, max: 2 }),
    spans: fc.array(fc.record({ startMs: aTimeOfDay, endMs: anEnd }), { maxLength: 2 }),
  }),
  { maxLength: 4, selector: ({ date }) => date },
)

const someCorrections: fc.Arbitrary<Correction[]> = fc.array(
  fc
    .record({
      kind: fc.constantFrom(...correctionKinds),
      fromMs: anInstantNear,
      lengthMs: fc.oneof(fc.integer({ min: 1, max: 2 * DAY_MS }), fc.integer({ min: 1, max: 3 * HOUR_MS })),
    })
    .map(({ kind, fromMs, lengthMs }) => ({ kind, fromMs, toMs: fromMs + lengthMs })),
  { maxLength: 4 },
)

/** A scenario with versions of hours and zone, special days and corrections. Times of these are after or before `asOf`. */
export const aDetailedScenario: fc.Arbitrary<DetailedScenario> = fc
  .record({
    scenario: aScenario,
    zones: laterVersions(fc.constantFrom(...allZones)),
    hours: laterVersions(someHours.map((rows) => rows ?? [])),
    specialDays: someSpecialDays,
    corrections: someCorrections,
  })
  .map(({ scenario: { store, viewpoint }, zones, hours, specialDays, corrections }) => {
    const { asOfMs } = viewpoint
    const first = scheduleOf(store.timezone, store.hours)
    const today = Math.floor(asOfMs / DAY_MS)
    return {
      store: {
        polls: store.polls,
        schedule: {
          zones: [...first.zones, ...placedVersions(zones, asOfMs)],
          hours: [...first.hours, ...placedVersions(hours, asOfMs)],
          specialDays: specialDays
            .map(({ date, spans }) => ({ date: today + date, spans }))
            .toSorted((a, b) => a.date - b.date),
        },
        corrections: corrections.map(({ kind, fromMs, toMs }) => ({
          kind,
          fromMs: asOfMs + fromMs,
          toMs: asOfMs + toMs,
        })),
      },
      viewpoint,
    }
  })

function placedVersions<Rule>(versions: readonly Version<Rule>[], asOfMs: number): Version<Rule>[] {
  return versions
    .map(({ validFromMs, rule }) => ({ validFromMs: asOfMs + validFromMs, rule }))
    .toSorted((a, b) => a.validFromMs - b.validFromMs)
}

/** Since when offsets from UTC are whole quarters of an hour everywhere. */
const RECENT_MS = Date.UTC(1990, 0, 1)

export const aRecentScenario: fc.Arbitrary<DetailedScenario> = aDetailedScenario.filter(
  ({ viewpoint: { asOfMs } }) => asOfMs > RECENT_MS,
)
