/** Stores with made-up orders, of which some are lost in outages, so that it is known how much. */
import { createRandom } from '../bench/random.ts'
import type { Interval } from '../../server/uptime/interval.ts'
import { POLL_WEEK_MS, pollWeekOf } from '../../server/uptime/poll-week.ts'
import { unknownOrders, type OrderWeek } from '../../server/uptime/sales/order-week.ts'
import { hours } from './judged-store.ts'
import { scheduleOf, type DetailedStore, type Poll } from './slow-twin.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export interface MadeUp {
  readonly store: DetailedStore
  /** Those that were placed. */
  readonly orders: ReadonlyMap<number, OrderWeek>
  /** What the others would have come to, in hundredths, in the last week. */
  readonly lostHundredths: number
}

export interface MadeUpOptions {
  readonly seed: number
  /** The end of its last week, midnight in UTC. */
  readonly endMs: number
  readonly pollEveryMs: number
  readonly outages: number
  readonly shortestMs: number
  readonly longestMs: number
}

/** Nine weeks of a store that is open from 10 to 22, of which the last has outages. */
export function madeUp({ seed, endMs, pollEveryMs, outages, shortestMs, longestMs }: MadeUpOptions): MadeUp {
  const random = createRandom(seed)
  const startMs = endMs - 63 * DAY_MS
  const down = Array.from({ length: outages }, (): Interval => {
    const fromMs = endMs - 7 * DAY_MS + Math.floor(random() * 7) * DAY_MS + (10 + random() * 8) * HOUR_MS
    return { startMs: fromMs, endMs: fromMs + shortestMs + random() * (longestMs - shortestMs) }
  })
  const isDown = (atMs: number) => down.some((outage) => outage.startMs <= atMs && atMs < outage.endMs)
  const polls: Poll[] = []
  for (let at = startMs; at < endMs; at += pollEveryMs * (0.9 + random() * 0.2)) {
    polls.push({ atMs: Math.floor(at), active: !isDown(at) })
  }
  const orders = new Map<number, OrderWeek>()
  const busyness = 3 + random() * 20
  let lostHundredths = 0
  for (let hourMs = startMs; hourMs < endMs; hourMs += HOUR_MS) {
    const { counts, hundredths } = weekOf(orders, hourMs)
    const hour = Math.floor((hourMs % POLL_WEEK_MS) / HOUR_MS)
    counts[hour] = 0
    for (let left = poisson(busyness * demand(hourMs) * (0.7 + random() * 0.6), random); left > 0; left--) {
      const amount = Math.round(800 + 2500 * random() ** 2)
      if (isDown(hourMs + random() * HOUR_MS)) {
        lostHundredths += amount
        continue
      }
      counts[hour]++
      hundredths[hour]! += amount
    }
  }
  const store = { schedule: scheduleOf('UTC', hours('daily', '10:00-22:00')), polls, corrections: [] }
  return { store, orders, lostHundredths }
}

/** Lunch and dinner, more of it at the weekend; nothing while it is closed. */
function demand(hourMs: number): number {
  const hour = Math.floor((hourMs % DAY_MS) / HOUR_MS)
  const isWeekend = [2, 3].includes(Math.floor((hourMs % POLL_WEEK_MS) / DAY_MS))
  if (hour < 10 || hour >= 22) return 0
  const atThatTime = [12, 13, 18, 19, 20].includes(hour) ? 1 : 0.45
  return atThatTime * (isWeekend ? 1.4 : 1)
}

function poisson(mean: number, random: () => number): number {
  let count = 0
  for (let left = Math.exp(-mean), product = random(); product > left; product *= random()) count++
  return count
}

function weekOf(orders: Map<number, OrderWeek>, atMs: number): OrderWeek {
  const week = orders.get(pollWeekOf(atMs)) ?? unknownOrders()
  orders.set(pollWeekOf(atMs), week)
  return week
}
