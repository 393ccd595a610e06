import { stringify } from 'csv-stringify/sync'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { createRandom } from '../bench/random.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Around it the clocks change in New York and Berlin. */
const start = Date.UTC(2024, 9, 20)
const DAYS = 21
const zones = ['America/New_York', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC']

export interface RandomData {
  /** CSV files by name. */
  readonly files: Readonly<Record<string, string>>
  /** Local dates that hold all of it, and what polls speak for around it. */
  readonly dates: { readonly from: string; readonly to: string }
}

/** Stores with versions of rules, special days, corrections and gaps between polls; the same for the same seed. */
export function randomData(seed: number, storeCount: number): RandomData {
  const random = createRandom(seed)
  const below = (n: number) => Math.floor(random() * n)
  const some = <Item>(items: readonly Item[]) => items[below(items.length)]!
  const instant = () => formatTimestamp(start + below(DAYS * DAY_MS))
  const time = () => `${String(below(24)).padStart(2, '0')}:${some(['00', '07', '30', '59'])}`
  const rows = {
    polls: [['store_id', 'status', 'timestamp_utc']],
    hours: [['store_id', 'day', 'start_time_local', 'end_time_local', 'valid_from']],
    zones: [['store_id', 'timezone_str', 'valid_from']],
    special: [['store_id', 'date', 'start_time_local', 'end_time_local']],
    corrections: [['store_id', 'from_utc', 'to_utc', 'kind', 'reason']],
  }
  for (let store = 0; store < storeCount; store++) {
    const id = `r-${String(store).padStart(3, '0')}`
    let isUp = random() < 0.5
    const end = start + DAYS * DAY_MS
    for (
      let at = start + below(DAY_MS);
      at < end;
      at += below(random() < 0.03 ? 3 * DAY_MS : 2 * HOUR_MS) + 1
    ) {
      if (random() < 0.2) isUp = !isUp
      rows.polls.push([id, isUp ? 'active' : 'inactive', formatTimestamp(at)])
    }
    for (const version of ['', ...(random() < 0.4 ? [instant()] : [])]) {
      if (random() < 0.8) rows.zones.push([id, some(zones), version])
      const days = random() < 0.2 ? [] : [0, 1, 2, 3, 4, 5, 6].filter(() => random() < 0.85)
      for (const day of days) rows.hours.push([id, String(day), time(), time(), version])
    }
    if (random() < 0.4) {
      const date = formatTimestamp(start + below(DAYS) * DAY_MS).slice(0, 10)
      rows.special.push([id, date, ...(random() < 0.5 ? ['', ''] : [time(), time()])])
    }
    for (let n = below(3); n > 0; n--) {
      const from = start + below(DAYS * DAY_MS)
      const times = [from, from + 1 + below(2 * DAY_MS)].map(formatTimestamp)
      rows.corrections.push([id, ...times, some(['closed', 'excused', 'wrong-data']), 'random'])
    }
  }
  const files = Object.entries(rows).filter(([, lines]) => lines.length > 1)
  return {
    files: Object.fromEntries(files.map(([name, lines]) => [`${name}.csv`, stringify(lines)])),
    dates: { from: '2024-10-10', to: '2024-11-20' },
  }
}
