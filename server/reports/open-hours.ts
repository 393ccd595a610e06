import { AppError } from '../../shared/app-error.ts'
import type { StoreRules } from '../database/report-input.ts'
import type { Interval, Intervals } from '../uptime/interval.ts'
import { openIntervalsOf, zonesInForce, type Schedule, type ZoneInForce } from '../uptime/schedule.ts'
import { zoneOffsets, type ZoneOffsets } from '../uptime/zone-offsets.ts'

const DAY_MS = 86_400_000
/** Business hours of a date reach two days further; a day more for the zone's own offset. */
const ZONE_MARGIN_MS = 3 * DAY_MS

export interface OpenHours {
  /** When a store is open. Throws a `conflict` AppError that names the store where its zone is not known. */
  of(store: StoreRules, schedule: Schedule): Intervals
  /** Which zone a store is in when: one object for all that are in the same; throws as `of`. */
  zonesOf(store: StoreRules, schedule: Schedule): readonly ZoneInForce[]
}

/** Tells when stores are open within `time`: computed once for all stores of the same schedule. */
export function createOpenHours(time: Interval): OpenHours {
  const zones = createZones(time)
  const known = new Map<number | null, { open: Intervals; zones?: readonly ZoneInForce[] }>()

  function entryOf(store: StoreRules, schedule: Schedule) {
    let entry = known.get(store.scheduleKey)
    if (!entry) {
      entry = { open: openIntervalsOf(schedule, time, zones.offsetsFor(store)) }
      known.set(store.scheduleKey, entry)
    }
    return entry
  }

  return {
    of: (store, schedule) => entryOf(store, schedule).open,
    zonesOf(store, schedule) {
      const entry = entryOf(store, schedule)
      return (entry.zones ??= zones.of(store, schedule))
    },
  }
}

export interface Zones {
  /** Of what a store names; throws a `conflict` AppError that names the store where a zone is not known. */
  offsetsFor(store: StoreRules): (timezone: string) => ZoneOffsets
  /** Which zone a store is in when: one object for all that are in the same; throws likewise. */
  of(store: StoreRules, schedule: Schedule): readonly ZoneInForce[]
}

/** Zones within `time`, of which each is looked up once. */
export function createZones(time: Interval): Zones {
  const zones = new Map<string, ZoneOffsets>()
  const known = new Map<string, readonly ZoneInForce[]>()

  function offsetsFor({ storeId }: StoreRules): (timezone: string) => ZoneOffsets {
    return (timezone) => {
      let offsets = zones.get(timezone)
      if (!offsets) zones.set(timezone, (offsets = offsetsOf(timezone, time, storeId)))
      return offsets
    }
  }

  return {
    offsetsFor,
    of(store, schedule) {
      const inForce = zonesInForce(schedule, time, offsetsFor(store))
      const name = inForce.map(({ startMs, endMs, timezone }) => `${startMs} ${endMs} ${timezone}`).join()
      const same = known.get(name)
      if (same === undefined) known.set(name, inForce)
      return same ?? inForce
    },
  }
}

function offsetsOf(timezone: string, time: Interval, storeId: string): ZoneOffsets {
  try {
    return zoneOffsets(timezone, time.startMs - ZONE_MARGIN_MS, time.endMs + ZONE_MARGIN_MS)
  } catch (error) {
    throw new AppError(
      'conflict',
      `store ${storeId} has the timezone "${timezone}", which this version of Node.js does not know: import another for it`,
      { cause: error },
    )
  }
}
