import { uptimeHundredths } from '../../../shared/report-columns.ts'
import type { WindowName } from '../../../shared/row-columns.ts'
import type { Db } from '../../database/connect.ts'
import { totalsByPart } from '../rows.ts'
import { storeCountOf, storeKeyAt, totalAt } from '../totals.ts'
import { windowColumns } from '../window-columns.ts'
import { placesByKey, type ReportColumns } from './report-columns.ts'

const NO_CHANGE = -(2 ** 15)

/** How many hundredths of a point uptime is above that of another report, by place; null where either has none. */
export interface Changes {
  hundredthsAt(place: number): number | null
}

/** The other report is read and not kept, as its other columns are not asked for. */
export async function readChanges(
  db: Db,
  columns: ReportColumns,
  compareKey: number,
  window: WindowName,
): Promise<Changes> {
  const { uptime, downtime } = windowColumns[window]
  const { storeCount, totals } = columns
  const placeOf = placesByKey(columns)
  const changes = new Int16Array(storeCount).fill(NO_CHANGE)
  for await (const before of totalsByPart(db, compareKey)) {
    for (let store = 0; store < storeCountOf(before); store++) {
      const place = placeOf(storeKeyAt(before, store))
      if (place < 0) continue
      const then = uptimeHundredths(totalAt(before, store, uptime), totalAt(before, store, downtime))
      const now = uptimeHundredths(totalAt(totals, place, uptime), totalAt(totals, place, downtime))
      if (then >= 0 && now >= 0) changes[place] = now - then
    }
  }
  return { hundredthsAt: (place) => (changes[place] === NO_CHANGE ? null : changes[place]!) }
}
