import type { DownStore } from '../../shared/store-now.ts'
import { storeStates } from '../../shared/store-state.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Db } from '../database/connect.ts'
import type { ScheduleZones } from '../database/schedule-zones.ts'
import { readListedStores } from '../database/store-columns.ts'
import { readLabels } from '../database/stores.ts'
import { beforeInstant, coveredMs, fromInstant, intersected, subtracted } from '../uptime/interval.ts'
import type { OngoingOutage } from '../uptime/state.ts'
import type { StatusChanges } from './change-log.ts'
import type { Judged } from './judged-stores.ts'
import type { LiveChange } from './live-tasks.ts'
import { isDown } from './statuses.ts'
import { NO_STORE } from './store-table.ts'

/** Stores that are down, with the outages that they are in. */
export async function listDown(
  db: Db,
  zones: ScheduleZones,
  storeKeys: readonly number[],
  asOfMs: number,
  judged: Judged,
): Promise<DownStore[]> {
  const stores = await readListedStores(db, storeKeys)
  const scheduleKeys = Array.from(stores.values(), ({ schedule_key }) => schedule_key)
  const zoneOf = await zones.of(scheduleKeys, asOfMs - 1)
  return storeKeys.flatMap((storeKey) => {
    const store = stores.get(storeKey)
    // Deleted since then, and by another program.
    if (store === undefined) return []
    const { startMs, isCut, downtimeMs } = outageOf(storeKey, asOfMs, judged)
    return {
      storeId: store.store_id,
      name: store.name,
      timezone: zoneOf(store.schedule_key),
      since: formatTimestamp(startMs),
      sinceIsCut: isCut,
      downForMs: downtimeMs,
      lastPoll: formatTimestamp(judged.table.lastMs[storeKey]!),
    }
  })
}

/** Stores that went down, or are not down any more. */
export async function listChanges(
  db: Db,
  zones: ScheduleZones,
  changes: StatusChanges,
  asOfMs: number,
  judged: Judged,
): Promise<LiveChange[]> {
  const storeKeys = [...changes.keys()]
  const stores = await readListedStores(db, storeKeys)
  const scheduleKeys = Array.from(stores.values(), ({ schedule_key }) => schedule_key)
  const zoneOf = await zones.of(scheduleKeys, asOfMs - 1)
  const labels = await readLabels(db, storeKeys)
  const stateOf = (status: number) => storeStates[status] ?? null
  return storeKeys.flatMap((storeKey) => {
    const store = stores.get(storeKey)
    if (store === undefined) return []
    const { from, to } = changes.get(storeKey)!
    const lastMs = to === NO_STORE ? undefined : judged.table.lastMs[storeKey]!
    return {
      storeId: store.store_id,
      name: store.name,
      timezone: zoneOf(store.schedule_key),
      from: stateOf(from),
      to: stateOf(to),
      since: isDown(to) ? formatTimestamp(outageOf(storeKey, asOfMs, judged).startMs) : null,
      lastPoll: lastMs ? formatTimestamp(lastMs) : null,
      labels: Object.entries(labels.get(storeKey) ?? {}).map(([label, value]) => `${label}=${value}`),
    }
  })
}

/** The outage that a store is in, as much of it as a report looks at: the same as `stateAtEnd` finds. */
function outageOf(storeKey: number, asOfMs: number, judged: Judged): OngoingOutage {
  const { table, hours, corrected, lookBackMs } = judged
  const corrections = corrected.get(storeKey)?.corrections
  const window = { startMs: asOfMs - lookBackMs, endMs: asOfMs }
  const open = beforeInstant(fromInstant(hours.knownOf(table.schedule[storeKey]!), window.startMs), asOfMs)
  const business = corrections === undefined ? open : subtracted(open, corrections.closed)
  const knownStartMs = table.startMs[storeKey]!
  const startMs = knownStartMs < window.startMs ? (business[0] ?? asOfMs) : knownStartMs
  const isAfterExcused = corrections !== undefined && intersected(business, corrections.excused).length > 0
  return {
    startMs,
    downtimeMs: coveredMs(business, { startMs, endMs: asOfMs }),
    isCut: !isAfterExcused && coveredMs(business, { startMs: window.startMs, endMs: startMs }) === 0,
  }
}
