import { defaultTimezone } from '../../shared/store.ts'
import { zoneOffsets } from '../../server/uptime/zone-offsets.ts'
import type { HoursRow, Population } from './population.ts'
import { createRandom } from './random.ts'

const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
const MINUTES_OF_WEEK = 7 * 24 * 60

/** Takes a poll of a store; polls are exact to a microsecond. */
export type PutPoll = (store: number, at: number, micros: number, isActive: boolean) => void

/** Puts the polls of some stores in an hour, and tells how many. */
export type PutPolls = (slot: number, fromStore: number, toStore: number) => number

/** Makes the polls of so many hours before `endMs`: the same arguments give the same polls. */
export function createPollMaker(
  { ids, rules, ruleOf, zones, zoneOf }: Population,
  { seed, endMs, slots }: { readonly seed: number; readonly endMs: number; readonly slots: number },
  putPoll: PutPoll,
): PutPolls {
  const random = createRandom(seed)
  const stores = ids.length
  const obeysHours = new Uint8Array(stores)
  const isUp = new Uint8Array(stores)
  const pollsPerHour = new Float64Array(stores)
  const phase = new Float64Array(stores)
  for (let store = 0; store < stores; store++) {
    obeysHours[store] = random() < 0.6 ? 1 : 0
    isUp[store] = random() < 0.95 ? 1 : 0
    pollsPerHour[store] = random() < 0.0006 ? 0.03 : random() < 0.02 ? 2.6 : 0.902
    phase[store] = random()
  }
  const beginMs = endMs - slots * HOUR_MS
  const openMinutes = openMinutesOf(rules)
  const offsets = [...zones, defaultTimezone].map((zone) => hourlyOffsets(zone, beginMs, slots))

  return (slot, fromStore, toStore) => {
    let polls = 0
    for (let store = fromStore; store < toStore; store++) {
      const zone = zoneOf[store]! < 0 ? zones.length : zoneOf[store]!
      const rule = ruleOf[store]!
      for (let chance = pollsPerHour[store]!; chance > 0; chance--) {
        if (random() >= chance) continue
        const at = beginMs + Math.floor((slot + ((phase[store]! + random() * 0.3) % 1)) * HOUR_MS)
        if (at > endMs || isPollerDown(endMs - at)) continue
        isUp[store] = random() < (isUp[store] === 1 ? 0.988 : 0.2) ? 1 : 0
        const localMinute = Math.floor((at + offsets[zone]![slot]!) / MINUTE_MS)
        const openBit = rule * MINUTES_OF_WEEK + minuteOfWeek(localMinute)
        const isOpen = rule < 0 || ((openMinutes[openBit >>> 3]! >>> (openBit & 7)) & 1) === 1
        const isActive = isUp[store] === 1 && (isOpen || obeysHours[store] === 0 || random() < 0.05)
        putPoll(store, at, Math.floor(random() * 1000), isActive)
        polls++
      }
    }
    return polls
  }
}

function isPollerDown(agoMs: number): boolean {
  const hours = agoMs / HOUR_MS
  return (hours > 37.2 && hours < 72.2) || (hours > 133.2 && hours < 141.2)
}

/** Since Monday, of minutes since 1970-01-01, a Thursday. */
function minuteOfWeek(minute: number): number {
  return (minute + 3 * 24 * 60) % MINUTES_OF_WEEK
}

/** For each rule and minute of the week, whether it is open: a bit each. */
function openMinutesOf(rules: Population['rules']): Uint8Array {
  const open = new Uint8Array((rules.length * MINUTES_OF_WEEK) / 8)
  for (const [rule, rows] of rules.entries()) {
    for (const { day, start, end } of rows) {
      const from = minutesOf(start)
      const until = end >= '23:59' ? 24 * 60 : minutesOf(end)
      const to = until <= from ? until + 24 * 60 : until
      for (let minute = from; minute < to; minute++) {
        const bit = rule * MINUTES_OF_WEEK + ((day * 24 * 60 + minute) % MINUTES_OF_WEEK)
        open[bit >>> 3]! |= 1 << (bit & 7)
      }
    }
  }
  return open
}

function minutesOf(time: HoursRow['start']): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

/** What to add to UTC for a zone's local time, for each hour from `beginMs`. */
function hourlyOffsets(zone: string, beginMs: number, slots: number): Float64Array {
  const { startsMs, offsetsMs } = zoneOffsets(zone, beginMs, beginMs + slots * HOUR_MS)
  let era = 0
  return Float64Array.from({ length: slots }, (_, slot) => {
    while (era + 1 < startsMs.length && startsMs[era + 1]! <= beginMs + slot * HOUR_MS) era++
    return offsetsMs[era]!
  })
}
