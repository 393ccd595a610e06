import { uptimeHundredths } from '../../../shared/report-columns.ts'
import type { WindowName } from '../../../shared/row-columns.ts'
import type { Db } from '../../database/connect.ts'
import { storeCountOf, storeKeyAt, totalAt } from '../totals.ts'
import { windowColumns } from '../window-columns.ts'
import { createStoreNumbers } from './store-numbers.ts'
import { readViewedParts, type ReportParts } from './viewed-parts.ts'

const NONE = -(2 ** 15)

/** How many hundredths of a point a store's uptime is above that of another report; null where either has none. */
export interface Changes {
  hundredthsOf(storeKey: number): number | null
}

/** Both reports are read, and only the changes are kept. */
export async function readChanges(
  db: Db,
  [report, compared]: readonly [ReportParts, ReportParts],
  window: WindowName,
): Promise<Changes> {
  const before = createStoreNumbers(NONE)
  const changes = createStoreNumbers(NONE)
  await eachUptime(db, compared, window, (storeKey, hundredths) => before.put(storeKey, hundredths))
  await eachUptime(db, report, window, (storeKey, hundredths) => {
    const then = before.at(storeKey)
    if (then !== NONE) changes.put(storeKey, hundredths - then)
  })
  return {
    hundredthsOf(storeKey) {
      const change = changes.at(storeKey)
      return change === NONE ? null : change
    },
  }
}

/** The uptime of each store that has one. */
async function eachUptime(
  db: Db,
  report: ReportParts,
  window: WindowName,
  take: (storeKey: number, hundredths: number) => void,
): Promise<void> {
  const { uptime, downtime } = windowColumns[window]
  for await (const { totals } of readViewedParts(db, report, { withStates: false })) {
    for (let store = 0; store < storeCountOf(totals); store++) {
      const hundredths = uptimeHundredths(totalAt(totals, store, uptime), totalAt(totals, store, downtime))
      if (hundredths >= 0) take(storeKeyAt(totals, store), hundredths)
    }
  }
}
