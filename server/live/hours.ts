import type { Schedules } from '../database/judged-schedules.ts'
import type { StoreRules } from '../database/report-input.ts'
import { createOpenHours, type OpenHours } from '../reports/open-hours.ts'
import { beforeInstant, type Interval, type Intervals } from '../uptime/interval.ts'

const DAY_MS = 86_400_000

/** When stores are open, by their schedules, of which there are far fewer. */
export interface Hours {
  /** To be called whenever the instant is another that is looked back from. */
  begin(asOfMs: number): void
  /** Where a store's schedule is among them; `schedules` must have it. */
  placeOf(store: StoreRules): number
  /** When its stores are open, over the time that can matter and a day more. */
  openOf(place: number): Intervals
  /** The same, as far as it can be known. */
  knownOf(place: number): Intervals
  /** By place, 1 where its stores are open at the last instant before it. */
  openAtEnd(): Uint8Array
}

/** `lookBackMs` is how far back an instant can matter. */
export function createHours(schedules: Schedules, lookBackMs: number): Hours {
  const places = new Map<number | null, number>()
  /** One of the stores of each, to be named where something is wrong with it. */
  const stores: StoreRules[] = []
  let time: Interval = { startMs: 0, endMs: 0 }
  let asOfMs = 0
  let hours: OpenHours
  let isOpen = new Uint8Array(64)
  /** By place: what is known of it holds until then. */
  let untilMs = new Float64Array(64)
  let known = new Map<number, Intervals>()

  function openOf(place: number): Intervals {
    const store = stores[place]!
    return hours.of(store, schedules.of(store))
  }

  /** When they open or close next. */
  function look(place: number, atMs: number): void {
    const open = openOf(place)
    let next = 0
    while (next < open.length && open[next]! <= atMs) next++
    isOpen[place] = next % 2
    untilMs[place] = open[next] ?? time.endMs
  }

  return {
    begin(newMs) {
      if (newMs !== asOfMs) known = new Map()
      const isEarlier = newMs < asOfMs
      asOfMs = newMs
      if (!isEarlier && time.startMs <= newMs - lookBackMs && newMs < time.endMs - DAY_MS) return
      const day = Math.floor(newMs / DAY_MS) * DAY_MS
      time = { startMs: day - lookBackMs, endMs: day + 2 * DAY_MS }
      hours = createOpenHours(time)
      untilMs.fill(0)
    },
    placeOf(store) {
      const { scheduleKey } = store
      let place = places.get(scheduleKey)
      if (place !== undefined) return place
      place = stores.push(store) - 1
      places.set(scheduleKey, place)
      if (place === isOpen.length) {
        const [flags, until] = [isOpen, untilMs]
        isOpen = new Uint8Array(2 * place)
        untilMs = new Float64Array(2 * place)
        isOpen.set(flags)
        untilMs.set(until)
      }
      return place
    },
    openOf,
    knownOf(place) {
      let open = known.get(place)
      if (open === undefined) known.set(place, (open = beforeInstant(openOf(place), asOfMs + 1)))
      return open
    },
    openAtEnd() {
      const atMs = asOfMs - 1
      for (let place = 0; place < stores.length; place++) if (atMs >= untilMs[place]!) look(place, atMs)
      return isOpen
    },
  }
}
