import { setImmediate } from 'node:timers/promises'
import type { CheckExample, CheckFinding, CheckName, CheckQuery, DataCheck } from '../../shared/check.ts'
import type { StoreLabel } from '../../shared/group.ts'
import type { ImportId, StoreId } from '../../shared/ids.ts'
import { defaultTimezone } from '../../shared/store.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Db } from '../database/connect.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { readLabelValues } from '../database/labelled.ts'
import { lastPollsOf } from '../database/last-polls.ts'
import { latestPollAt } from '../database/poll-week-summary.ts'
import {
  importsWithRejectedStores,
  reasonsOfStores,
  storesWithRejectedRows,
} from '../database/rejected-rules.ts'
import type { PartStores } from '../database/report-input.ts'
import { firstStoresOfParts } from '../database/report-plan.ts'
import { findSimilarStores, type SimilarQuery } from '../database/similar-stores.ts'
import { readPartFacts } from '../database/store-facts.ts'
import { createOpenHours } from '../reports/open-hours.ts'
import { subtracted } from '../uptime/interval.ts'
import { createCityZones } from './city-zones.ts'
import { createPolledWeek, type HourOfPolls, type PolledTime } from './polled-week.ts'

const HOUR_MS = 3_600_000
const WEEK_MS = 168 * HOUR_MS
/** So few that others are answered in between. */
const STORES_AT_ONCE = 512
/** With fewer polls, one status says nothing. */
const LEAST_POLLS = 24
/** An hour of one store tells of the store, not of who polls. */
const LEAST_STORES = 2

/** Tells which figures to doubt: one pass over the stores and the polls of the last week, a part of them at a time. */
export async function checkData(db: Db, { limit, labels = [] }: CheckQuery): Promise<DataCheck> {
  const latestMs = await latestPollAt(db)
  const found = createFindings(limit)
  const rejected = {
    hours: await importsWithRejectedStores(db, 'business-hours'),
    zones: await importsWithRejectedStores(db, 'timezones'),
  }
  const week = { startMs: (latestMs ?? 0) - WEEK_MS, endMs: (latestMs ?? 0) + 1 }
  const polled = createPolledWeek(week)
  const schedules = createSchedules()
  const openHours = createOpenHours(week)
  const cityZones = createCityZones(limit)
  let stores = 0
  for (const part of await partsOf(db, labels)) {
    const facts = await readPartFacts(db, part, { time: week, schedules, corrections: 'applied' })
    const hoursRejected = await storesWithRejectedRows(db, rejected.hours, part)
    const zonesRejected = await storesWithRejectedRows(db, rejected.zones, part)
    const storeKeys = facts.stores.map(({ storeKey }) => storeKey)
    const cityOf = await readLabelValues(db, 'city', storeKeys)
    const chainOf = cityOf.size === 0 ? cityOf : await readLabelValues(db, 'chain', storeKeys)
    for (const [place, store] of facts.stores.entries()) {
      const schedule = schedules.of(store)
      const { storeId } = store
      if (schedule.hours.length === 0)
        found.add(hoursRejected.has(storeId) ? 'hours-rejected' : 'no-hours', storeId)
      if (schedule.zones.length === 0)
        found.add(zonesRejected.has(storeId) ? 'zone-rejected' : 'no-zone', storeId)
      const city = cityOf.get(store.storeKey)
      const zone = schedule.zones.at(-1)?.rule
      if (city !== undefined && zone !== undefined)
        cityZones.add(storeId, zone, { city, chain: chainOf.get(store.storeKey) })
      if (latestMs === undefined) continue
      const corrections = facts.correctionsAt(place)
      const allOpen = openHours.of(store, schedule)
      const open = corrections === undefined ? allOpen : subtracted(allOpen, corrections.silent)
      const what = nameOf(polled.add(open, facts.pollsAt(place)))
      const isCorrected = corrections !== undefined && open.length === 0
      if (what !== undefined && !isCorrected) found.add(what, storeId)
    }
    stores += facts.stores.length
    await setImmediate()
  }
  const asOf = latestMs === undefined ? null : formatTimestamp(latestMs)
  const findings = [
    ...(await storeFindings(db, found, { stores, asOf, rejected })),
    ...cityZones.findings(),
    ...(await similarFindings(db, { limit, labels })),
    ...outageFindings(polled.hours(), limit),
  ]
  return { asOf, stores, findings: findings.sort((a, b) => Number(b.isDoubtful) - Number(a.isDoubtful)) }
}

type StoreCheck = Exclude<CheckName, 'zone-differs' | 'similar-id' | 'poller-outage'>

/** What the polls of a store in the week say of it, if anything is to be said. */
function nameOf({ polls, inHours, active }: PolledTime): StoreCheck | undefined {
  if (polls === 0) return 'not-polled'
  if (inHours === 0) return 'polled-when-closed'
  if (inHours < LEAST_POLLS) return undefined
  if (active === 0) return 'always-inactive'
  return active === inHours ? 'always-active' : undefined
}

interface Findings {
  add(check: StoreCheck, storeId: StoreId): void
  /** How many stores a check is about, and the first of them. */
  of(check: StoreCheck): { readonly count: number; readonly first: readonly StoreId[] }
}

function createFindings(limit: number): Findings {
  const found = new Map<StoreCheck, { count: number; first: StoreId[] }>()
  const of = (check: StoreCheck) => found.get(check) ?? { count: 0, first: [] }
  return {
    add(check, storeId) {
      const stores = of(check)
      stores.count++
      if (stores.first.length < limit) stores.first.push(storeId)
      found.set(check, stores)
    },
    of,
  }
}

async function partsOf(db: Db, labels: readonly StoreLabel[]): Promise<PartStores[]> {
  const firsts = await firstStoresOfParts(db, STORES_AT_ONCE)
  return firsts.map((firstStoreId, i) => ({
    firstStoreId,
    nextStoreId: firsts[i + 1] ?? null,
    labels,
  }))
}

interface Wording {
  readonly isDoubtful: boolean
  /** Behind the number of stores. */
  readonly summary: string
  readonly remedy: string
}

const alwaysOpen = 'without business hours, always open by default'
const inDefaultZone = `without a timezone, in ${defaultTimezone} by default`
const correctRows = 'correct these rows and import the file again ("store-monitor rejected" lists them)'

function wordingsOf(asOf: string | null): Readonly<Record<StoreCheck, Wording>> {
  return {
    'hours-rejected': {
      isDoubtful: true,
      summary: `${alwaysOpen}: rows that had them were rejected`,
      remedy: correctRows,
    },
    'zone-rejected': {
      isDoubtful: true,
      summary: `${inDefaultZone}: rows that had one were rejected`,
      remedy: correctRows,
    },
    'no-hours': {
      isDoubtful: true,
      summary: `${alwaysOpen}: no file has any`,
      remedy: 'import business hours that name them, unless they never close',
    },
    'no-zone': {
      isDoubtful: true,
      summary: `${inDefaultZone}: no file has one`,
      remedy: 'import timezones that name them, unless they are there',
    },
    'not-polled': {
      isDoubtful: true,
      summary: `not polled in the week before ${asOf}: all of it is unknown`,
      remedy: 'see whether they are gone, or polled by another id',
    },
    'polled-when-closed': {
      isDoubtful: true,
      summary: `polled in the week before ${asOf}, but only outside business hours: all of it is unknown`,
      remedy: 'check their business hours and timezones, and when they are polled',
    },
    'always-inactive': {
      isDoubtful: true,
      summary: `inactive at every poll of the week before ${asOf}`,
      remedy: 'see whether they are closed for good, or polled by a wrong id',
    },
    'always-active': {
      isDoubtful: false,
      summary: `active at every poll of the week before ${asOf}`,
      remedy: 'nothing, where that is so; see that their polls ask the store itself',
    },
  }
}

async function storeFindings(
  db: Db,
  found: Findings,
  {
    stores,
    asOf,
    rejected,
  }: {
    readonly stores: number
    readonly asOf: string | null
    readonly rejected: { readonly hours: readonly ImportId[]; readonly zones: readonly ImportId[] }
  },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = []
  for (const [check, { isDoubtful, summary, remedy }] of Object.entries(wordingsOf(asOf))) {
    const { count, first } = found.of(check as StoreCheck)
    if (count === 0) continue
    const detailOf = await detailsOf(db, check as StoreCheck, first, rejected)
    findings.push({
      check: check as StoreCheck,
      isDoubtful,
      count,
      summary: `${count} of ${stores} ${stores === 1 ? 'store' : 'stores'} ${summary}`,
      remedy,
      first: first.map((storeId) => exampleOf(storeId, detailOf.get(storeId) ?? null)),
    })
  }
  return findings
}

async function detailsOf(
  db: Db,
  check: StoreCheck,
  storeIds: readonly StoreId[],
  rejected: { readonly hours: readonly ImportId[]; readonly zones: readonly ImportId[] },
): Promise<ReadonlyMap<StoreId, string>> {
  if (check === 'hours-rejected') return reasonsOfStores(db, rejected.hours, storeIds)
  if (check === 'zone-rejected') return reasonsOfStores(db, rejected.zones, storeIds)
  if (check !== 'not-polled') return new Map()
  const lastOf = await lastPollsOf(db, storeIds)
  return new Map(
    storeIds.map((storeId) => {
      const lastMs = lastOf.get(storeId)
      return [storeId, lastMs === undefined ? 'never polled' : `last polled ${formatTimestamp(lastMs)}`]
    }),
  )
}

function exampleOf(storeId: string, detail: string | null): CheckExample {
  return { storeId, from: null, until: null, detail }
}

async function similarFindings(db: Db, query: SimilarQuery): Promise<CheckFinding[]> {
  const { count, first } = await findSimilarStores(db, query)
  if (count === 0) return []
  return [
    {
      check: 'similar-id',
      isDoubtful: true,
      count,
      summary: `${count} ${count === 1 ? 'store' : 'stores'} without rules, whose id is that of a store with rules but for case or punctuation`,
      remedy: 'correct the id in the file that has it wrong, and import it again',
      first: first.map(({ storeId, knownId }) => exampleOf(storeId, `did you mean ${knownId}?`)),
    },
  ]
}

function outageFindings(hours: readonly HourOfPolls[], limit: number): CheckFinding[] {
  const expected = hours.filter((hour) => hour.expected >= LEAST_STORES)
  const missed = expected.filter((hour) => hour.polled * 2 < hour.expected)
  if (missed.length === 0) return []
  const isUsual = missed.length * 2 > expected.length
  const summary = `in ${missed.length} of the last ${expected.length} hours fewer than half of the stores were polled that were open`
  return [
    {
      check: 'poller-outage',
      isDoubtful: !isUsual,
      count: missed.length,
      summary: isUsual ? `${summary}: stores are polled less than once an hour` : summary,
      remedy: isUsual
        ? 'nothing, where that is meant; a greater reach has less time unknown'
        : 'see what the poller did then; what it missed is judged by polls before and after, or unknown',
      first: spansOf(missed).slice(0, limit).map(outageExample),
    },
  ]
}

/** Hours that follow each other, together. */
function spansOf(hours: readonly HourOfPolls[]): HourOfPolls[][] {
  const spans: HourOfPolls[][] = []
  for (const hour of hours) {
    const span = spans.at(-1)
    if (span !== undefined && span.at(-1)!.startMs + HOUR_MS === hour.startMs) span.push(hour)
    else spans.push([hour])
  }
  return spans
}

function outageExample(span: readonly HourOfPolls[]): CheckExample {
  const polled = span.reduce((sum, hour) => sum + hour.polled, 0)
  const expected = span.reduce((sum, hour) => sum + hour.expected, 0)
  return {
    storeId: null,
    from: formatTimestamp(span[0]!.startMs),
    until: formatTimestamp(span.at(-1)!.startMs + HOUR_MS),
    detail: `${polled} of ${expected} polls, one for each store and hour`,
  }
}
