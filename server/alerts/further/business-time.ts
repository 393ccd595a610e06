import { AppError } from '../../../shared/app-error.ts'
import type { Db } from '../../database/connect.ts'
import { createSchedules } from '../../database/judged-schedules.ts'
import { readRulesByKey } from '../../database/report-input.ts'
import { businessClock, type BusinessClock } from '../../incidents/business-clock.ts'
import { createOpenHours } from '../../reports/open-hours.ts'
import type { Interval } from '../../uptime/interval.ts'

/** Clocks of the business time of stores, by key; of many stores (null), and of one that is gone, all time counts. */
export async function businessTimeOf(
  tx: Db,
  storeKeys: readonly (number | null)[],
  time: Interval,
): Promise<(storeKey: number | null) => BusinessClock> {
  const always = businessClock(Float64Array.of(time.startMs, time.endMs))
  const keys = [...new Set(storeKeys)].filter((key) => key !== null)
  if (keys.length === 0) return () => always
  const stores = await readRulesByKey(tx, keys)
  const schedules = createSchedules()
  await schedules.load(tx, [...stores.values()])
  const hours = createOpenHours(time)
  return (storeKey) => {
    const store = storeKey === null ? undefined : stores.get(storeKey)
    if (store === undefined) return always
    try {
      return businessClock(hours.of(store, schedules.of(store)))
    } catch (error) {
      // Its zone is not known here: nothing is kept back for that.
      if (error instanceof AppError && error.code === 'conflict') return always
      throw error
    }
  }
}
