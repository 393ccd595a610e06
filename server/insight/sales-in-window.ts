import type { StoreId } from '../../shared/ids.ts'
import type { SalesAmounts } from '../../shared/sales-at-risk.ts'
import { inTwoDigits } from '../../shared/sales-range.ts'
import type { Db } from '../database/connect.ts'
import { keyOfStore } from '../database/stores.ts'
import type { Interval } from '../uptime/interval.ts'
import { hoursOfWeekIn } from '../uptime/periods.ts'
import { downHoursIn } from '../uptime/sales/down-hours.ts'
import type { RevenueOfHour } from '../uptime/sales/hourly-revenue.ts'
import { HOURS_OF_WEEK } from '../uptime/sales/order-week.ts'
import { salesAtRisk } from '../uptime/sales/sales-at-risk.ts'
import { knownTime } from '../uptime/store-uptime.ts'
import { readJudgedStore, type Judging } from './judged-store.ts'
import { createRevenueReader } from './store-revenue.ts'

/** What a store lost in a window before `asOf`: rule 44 of docs/uptime.md. null where nothing is known of what it takes then. */
export async function salesInWindow(
  db: Db,
  storeId: StoreId,
  judging: Judging,
  window: Interval,
): Promise<SalesAmounts | null> {
  const storeKey = await keyOfStore(db, storeId)
  const options = { judging, endMs: window.endMs, average: undefined, group: undefined }
  const [revenue] = await createRevenueReader(db, options)([{ storeId, storeKey }])
  // So it is where nobody imports orders.
  if (!isKnownOfAnyHour(revenue!.of)) return null
  const { startMs, endMs } = window
  const around = { startMs: startMs - 4 * judging.reachMs, endMs: endMs + 4 * judging.reachMs }
  const { input, zones } = await readJudgedStore(db, storeId, knownTime(around, judging.asOfMs), judging)
  const down = downHoursIn(input, hoursOfWeekIn(zones, window))
  const { range, basis, unpricedMs } = salesAtRisk(down, revenue!.of, 0)
  return range && { currency: revenue!.currency, ...inTwoDigits(range), basis, unpricedMs }
}

function isKnownOfAnyHour(revenueOf: RevenueOfHour): boolean {
  for (let hour = 0; hour < HOURS_OF_WEEK; hour++) if (revenueOf(hour) !== undefined) return true
  return false
}
