import { setImmediate } from 'node:timers/promises'
import type { AlertRuleOf } from '../../shared/alert-rule.ts'
import type { AlertRules } from '../../shared/alert-rules.ts'
import { parseDuration } from '../../shared/duration.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Page } from '../../shared/page.ts'
import type { SloListQuery, SloRow } from '../../shared/slo.ts'
import { readAlertRules } from '../database/alert-rules.ts'
import type { Db } from '../database/connect.ts'
import { storeOfCursor } from '../database/cursor.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { isLabelled } from '../database/labelled.ts'
import {
  readFactsOfStores,
  readPartFacts,
  type FactsWanted,
  type PartFacts,
} from '../database/store-facts.ts'
import { budgetIncidents, budgetSpent, type BudgetSpent } from '../incidents/budget.ts'
import { businessClock } from '../incidents/business-clock.ts'
import { localDays, type LocalDay } from '../incidents/judged-days.ts'
import { rulesInForce } from '../incidents/rules-in-force.ts'
import { createHistories } from '../incidents/store-history.ts'
import { asOfMsOf } from '../reports/as-of.ts'
import { createOpenHours } from '../reports/open-hours.ts'
import type { ZoneInForce } from '../uptime/schedule.ts'
import { timeOfDates } from '../uptime/time-of-dates.ts'
import { exactInstant } from './exact-instant.ts'
import { firstOf } from './first-of.ts'
import { groupsReader, historiesAtOnce } from './judged-incidents.ts'
import { askedMonth, type Month } from './month.ts'
import { partsAfter } from './outages.ts'

export type SloQuery = Pick<SloListQuery, 'month' | 'storeId' | 'labels'>

/** A page of where stores stand. Its cursor is the last store that it has. */
export async function listSlos(db: Db, query: SloListQuery): Promise<Page<SloRow>> {
  if (query.sortBy === 'spent') {
    const items = await firstOf(slosByStore(db, query), query.limit, mostSpent)
    return { items, nextCursor: null }
  }
  const items: SloRow[] = []
  const { slos } = await slosIn(db, query)
  for await (const slo of slos(storeOfCursor(query.cursor, 'SLOs'), query.limit + 1)) {
    if (items.length === query.limit) return { items, nextCursor: items.at(-1)!.storeId }
    items.push(rowOf(slo))
  }
  return { items, nextCursor: null }
}

function mostSpent(a: SloRow, b: SloRow): number {
  return b.spentPercent - a.spentPercent || (a.storeId < b.storeId ? -1 : 1)
}

/** Of all stores, in ascending order of id. */
export async function* slosByStore(db: Db, query: SloQuery): AsyncGenerator<SloRow> {
  const { slos } = await slosIn(db, query)
  for await (const slo of slos(undefined)) yield rowOf(slo)
}

/** Where a store stands in a month, to the last digit. */
export interface Slo {
  readonly storeId: StoreId
  readonly month: Month
  readonly place: number
  readonly target: number
  readonly spent: BudgetSpent
  readonly reached: readonly number[]
  readonly asOfMs: number
}

export interface SlosOfMonth {
  readonly month: Month
  /** In ascending order of id, of those stores that a rule counts for; `most`: how many stores are looked at at once. */
  slos(after: StoreId | undefined, most?: number): AsyncGenerator<Slo>
}

/** Throws an `invalid` AppError where the month has not begun. */
export async function slosIn(db: Db, query: SloQuery): Promise<SlosOfMonth> {
  const dataTimeMs = await asOfMsOf(db, {})
  const month = askedMonth(query.month, dataTimeMs)
  const { rules } = await readAlertRules(db)
  return {
    month,
    slos: (after, most = Infinity) => slosOf(db, query, { rules, dataTimeMs, month, after, most }),
  }
}

interface SloJudging {
  readonly rules: AlertRules
  readonly dataTimeMs: number
  readonly month: Month
  readonly after: StoreId | undefined
  readonly most: number
}

async function* slosOf(db: Db, query: SloQuery, judging: SloJudging): AsyncGenerator<Slo> {
  const { rules, dataTimeMs, month, after, most } = judging
  const budgets = budgetRules(rules)
  const inForce = rulesInForce({ rules: budgets.map(({ rule }) => rule) })
  if (query.storeId === undefined && budgets.every(({ rule }) => !rule.enabled)) return
  const reachMs = parseDuration(rules.reach)
  const time = timeOfDates(month.fromDate, month.toDate, 2 * reachMs)
  const schedules = createSchedules()
  const hours = createOpenHours(time)
  const historyOf = createHistories({
    fromMs: time.startMs,
    dataTimeMs,
    interpolation: rules.interpolation,
    reachMs,
  })
  const daysOf = createDaysOf(month)
  const wanted = { time, schedules, corrections: 'applied' } as const
  for await (const facts of factsOf(db, query, wanted, after, most)) {
    const groupsOf = await groupsReader(db, facts, inForce.labels)
    for (const [place, store] of facts.stores.entries()) {
      const [budget] = inForce.of(store.storeId, groupsOf(store.storeKey)).places
      if (budget === undefined) continue
      const { rule, place: placeOfRule } = budgets[budget]!
      const schedule = schedules.of(store)
      const history = historyOf({
        clock: businessClock(hours.of(store, schedule)),
        weeks: facts.pollsAt(place),
        corrections: facts.correctionsAt(place),
      })
      const days = daysOf(hours.zonesOf(store, schedule))
      const asOfMs = Math.max(days[0]!.startMs, Math.min(days.at(-1)!.endMs, dataTimeMs))
      yield {
        storeId: store.storeId,
        month,
        place: placeOfRule,
        target: rule.target,
        spent: budgetSpent(history, days, rule.target, asOfMs),
        reached: budgetIncidents(history, days, rule).incidents.map(({ value }) => value),
        asOfMs,
      }
    }
    await setImmediate()
  }
}

function budgetRules({ rules }: AlertRules) {
  return rules.flatMap((rule, place) => (isOfBudget(rule) ? [{ rule, place }] : []))
}

function isOfBudget(rule: AlertRules['rules'][number]): rule is AlertRuleOf<'budget'> {
  return rule.condition === 'budget'
}

async function* factsOf(
  db: Db,
  { storeId, labels = [] }: SloQuery,
  wanted: FactsWanted,
  after: StoreId | undefined,
  most: number,
): AsyncGenerator<PartFacts> {
  if (storeId !== undefined) {
    const facts = await readFactsOfStores(db, [storeId], wanted)
    if (labels.length === 0 || (await isLabelled(db, storeId, labels))) yield facts
    return
  }
  const storesAtOnce = Math.min(most, historiesAtOnce(wanted.time))
  for await (const part of partsAfter(db, after, { storesAtOnce, labels })) {
    yield await readPartFacts(db, part, wanted)
  }
}

/** The dates of a month, computed once for all stores of a zone. */
function createDaysOf({ fromDate, toDate }: Month): (zones: readonly ZoneInForce[]) => readonly LocalDay[] {
  const known = new WeakMap<readonly ZoneInForce[], readonly LocalDay[]>()
  return (zones) => {
    const days = known.get(zones) ?? localDays(zones, fromDate, toDate)
    known.set(zones, days)
    return days
  }
}

function rowOf({ storeId, month, reached, asOfMs, ...slo }: Slo): SloRow {
  return { storeId, month: month.name, ...amountsOf(slo), reached: [...reached], asOf: exactInstant(asOfMs) }
}

/** In whole milliseconds, and hundredths of a percentage. */
export function amountsOf({ target, place, spent }: Pick<Slo, 'target' | 'place' | 'spent'>) {
  const { businessMs, budgetMs, tally, percent } = spent
  const { downtimeMs, unknownMs } = tally
  const wholeMs = Math.round(budgetMs)
  return {
    target,
    rule: place,
    businessMs,
    budgetMs: wholeMs,
    downtimeMs,
    spentPercent: Math.floor(percent * 100) / 100,
    leftMs: wholeMs - downtimeMs,
    unknownMs,
  }
}
