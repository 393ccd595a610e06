import type { StoreId } from '../../shared/ids.ts'
import type { SalesAmounts } from '../../shared/sales-at-risk.ts'
import { inTwoDigits } from '../../shared/sales-range.ts'
import { chunks } from '../database/chunks.ts'
import type { Db } from '../database/connect.ts'
import { createSchedules } from '../database/judged-schedules.ts'
import { readRulesOfStores } from '../database/report-input.ts'
import { readFactsOfStores } from '../database/store-facts.ts'
import { createOpenHours } from '../reports/open-hours.ts'
import type { Interval } from '../uptime/interval.ts'
import { hoursOfWeekIn } from '../uptime/periods.ts'
import { downHoursIn } from '../uptime/sales/down-hours.ts'
import type { RevenueOfHour } from '../uptime/sales/hourly-revenue.ts'
import { HOURS_OF_WEEK } from '../uptime/sales/order-week.ts'
import { salesAtRisk } from '../uptime/sales/sales-at-risk.ts'
import { knownTime } from '../uptime/store-uptime.ts'
import type { Judging } from './judged-store.ts'
import { createRevenueReader } from './store-revenue.ts'
import { storesAtOnce } from './whole-outages.ts'

/** What a store lost in a window before `asOf`: rule 44 of docs/uptime.md. null where nothing is known of what it takes then. */
export async function salesInWindow(
  db: Db,
  storeId: StoreId,
  judging: Judging,
  window: Interval,
): Promise<SalesAmounts | null> {
  return (await salesOfStores(db, [storeId], judging, window)).get(storeId) ?? null
}

/** The same of some stores, in ascending order of id; those are left out of which nothing is known. Throws a `not-found` AppError where one is not there. */
export async function salesOfStores(
  db: Db,
  storeIds: readonly StoreId[],
  judging: Judging,
  window: Interval,
): Promise<ReadonlyMap<StoreId, SalesAmounts>> {
  const { startMs, endMs } = window
  const around = { startMs: startMs - 4 * judging.reachMs, endMs: endMs + 4 * judging.reachMs }
  const time = knownTime(around, judging.asOfMs)
  const schedules = createSchedules()
  const hours = createOpenHours(time)
  const revenueOf = createRevenueReader(db, { judging, endMs, average: undefined, group: undefined })
  const sales = new Map<StoreId, SalesAmounts>()
  for (const some of chunks(storeIds, storesAtOnce(time))) {
    const stores = await readRulesOfStores(db, some)
    const revenue = await revenueOf(stores)
    const known = stores.flatMap(({ storeId }, i) =>
      isKnownOfAnyHour(revenue[i]!.of) ? [{ storeId, revenue: revenue[i]! }] : [],
    )
    // So it is where nobody imports orders.
    if (known.length === 0) continue
    const ids = known.map(({ storeId }) => storeId)
    const facts = await readFactsOfStores(db, ids, { time, schedules, corrections: judging.corrections })
    for (const [place, store] of facts.stores.entries()) {
      const schedule = schedules.of(store)
      const input = {
        open: hours.of(store, schedule),
        weeks: facts.pollsAt(place),
        viewpoint: judging,
        corrections: facts.correctionsAt(place),
      }
      const down = downHoursIn(input, hoursOfWeekIn(hours.zonesOf(store, schedule), window))
      const { currency, of } = known[place]!.revenue
      const { range, basis, unpricedMs } = salesAtRisk(down, of, 0)
      if (range !== null) sales.set(store.storeId, { currency, ...inTwoDigits(range), basis, unpricedMs })
    }
  }
  return sales
}

function isKnownOfAnyHour(revenueOf: RevenueOfHour): boolean {
  for (let hour = 0; hour < HOURS_OF_WEEK; hour++) if (revenueOf(hour) !== undefined) return true
  return false
}
