// Writes the files in examples/chain, the same bytes each time: node examples/make-chain.ts
// README.md beside this file says what the stores are there to show.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Ten days, with the night of 1 November 2026, in which clocks in the United States and Canada went back. */
const firstMs = Date.parse('2026-10-25T20:00:00Z')
const lastMs = Date.parse('2026-11-04T20:00:00Z')

interface ExampleStore {
  readonly id: string
  readonly timezone?: string
  /** Rows of weekly hours: days (0 = Monday), start, end. */
  readonly hours?: readonly (readonly [days: string, start: string, end: string])[]
  /** Whether a poll at this time takes place; by default each one does. */
  readonly polledAt?: (atMs: number) => boolean
  readonly downAt?: (atMs: number) => boolean
  /** How likely it is to go down for one to four hours, at each poll. */
  readonly trouble?: number
}

const everyDay = '0123456'
const lunchToLate = [[everyDay, '11:00:00', '22:00:00']] as const
const houstonDown = during('2026-11-04T15:00:00Z', '2026-11-04T19:30:00Z')

const stores: readonly ExampleStore[] = [
  // The hard cases.
  {
    id: 'chicago-loop-01',
    timezone: 'America/Chicago',
    hours: [
      [everyDay, '11:00:00', '14:30:00'],
      [everyDay, '17:00:00', '22:00:00'],
    ],
  },
  {
    id: 'chicago-wicker-park-02',
    timezone: 'America/Chicago',
    hours: [
      ['0123', '17:00:00', '23:00:00'],
      ['456', '18:00:00', '03:00:00'],
    ],
  },
  {
    id: 'chicago-ohare-03',
    timezone: 'America/Chicago',
    hours: [[everyDay, '00:00:00', '23:59:00']],
    trouble: 0.01,
  },
  { id: 'chicago-pilsen-04', timezone: 'America/Chicago', hours: [[everyDay, '17:00:00', '23:59:59']] },
  { id: 'denver-airport-01', timezone: 'America/Denver', trouble: 0.02 },
  { id: 'omaha-old-market-01', hours: lunchToLate },
  { id: 'austin-popup-01', trouble: 0.03 },
  { id: 'las-vegas-strip-01', timezone: 'America/Los_Angeles', hours: [[everyDay, '22:00:00', '06:00:00']] },
  { id: 'phoenix-downtown-01', timezone: 'America/Phoenix', hours: [[everyDay, '22:00:00', '06:00:00']] },
  { id: 'tulsa-truck-stop-01', timezone: 'America/Chicago', hours: [['01234', '09:00:00', '09:00:00']] },
  {
    id: 'houston-galleria-01',
    timezone: 'America/Chicago',
    hours: [[everyDay, '08:00:00', '22:00:00']],
    downAt: houstonDown,
    trouble: 0,
  },
  {
    id: 'houston-heights-02',
    timezone: 'America/Chicago',
    hours: [[everyDay, '10:00:00', '23:00:00']],
    downAt: houstonDown,
    trouble: 0,
  },
  {
    id: 'houston-montrose-03',
    timezone: 'America/Chicago',
    hours: lunchToLate,
    downAt: houstonDown,
    trouble: 0,
  },
  {
    id: 'portland-pearl-01',
    timezone: 'America/Los_Angeles',
    hours: lunchToLate,
    polledAt: (atMs) => atMs < Date.parse('2026-11-02T21:30:00Z'),
  },
  {
    id: 'seattle-ballard-01',
    timezone: 'America/Los_Angeles',
    hours: [['23456', '12:00:00', '21:00:00']],
  },
  {
    id: 'boston-seaport-01',
    timezone: 'America/New_York',
    hours: [
      [everyDay, '10:00:00', '15:00:00'],
      [everyDay, '14:00:00', '22:00:00'],
    ],
    trouble: 0,
  },
  { id: 'miami-brickell-01', timezone: 'America/New_York', hours: lunchToLate, polledAt: () => false },
  {
    id: 'milwaukee-third-ward-01',
    timezone: 'America/Chicago',
    hours: lunchToLate,
    polledAt: (atMs) => [8, 9, 10, 11, 12].includes(new Date(atMs).getUTCHours()),
    downAt: () => true,
  },
  { id: 'detroit-greektown-01', timezone: 'America/Detroit', hours: lunchToLate, downAt: () => true },
  {
    id: 'nashville-broadway-01',
    timezone: 'America/Chicago',
    hours: lunchToLate,
    downAt: (atMs) => Math.floor(atMs / HOUR_MS) % 2 === 0,
    trouble: 0,
  },
  {
    id: 'anchorage-midtown-01',
    timezone: 'America/Anchorage',
    hours: lunchToLate,
    polledAt: (atMs) => Math.floor(atMs / HOUR_MS) % 6 === 0,
  },
  {
    id: 'raleigh-new-01',
    timezone: 'America/New_York',
    hours: lunchToLate,
    polledAt: (atMs) => atMs >= Date.parse('2026-11-03T15:00:00Z'),
    trouble: 0,
  },
  { id: 'honolulu-waikiki-01', timezone: 'Pacific/Honolulululu', hours: lunchToLate },
  {
    id: 'san-diego-gaslamp-01',
    timezone: 'America/Los_Angeles',
    hours: [['1234567', '11:00:00', '22:00:00']],
  },
  { id: 'philadelphia-fishtown-01', timezone: 'America/New_York', hours: lunchToLate, trouble: 0 },
  { id: 'mumbai-bandra-01', timezone: 'Asia/Kolkata', hours: [[everyDay, '12:00:00', '23:00:00']] },

  // The rest of the chain.
  {
    id: 'new-york-times-square-01',
    timezone: 'America/New_York',
    hours: [[everyDay, '07:00:00', '24:00:00']],
  },
  { id: 'new-york-bryant-park-02', timezone: 'America/New_York', hours: lunchToLate },
  { id: 'toronto-king-west-01', timezone: 'America/Toronto', hours: lunchToLate },
  { id: 'st-johns-harbour-01', timezone: 'America/St_Johns', hours: [[everyDay, '16:30:00', '23:30:00']] },
  { id: 'london-soho-01', timezone: 'Europe/London', hours: lunchToLate },
  { id: 'kathmandu-thamel-01', timezone: 'Asia/Kathmandu', hours: lunchToLate },
  { id: 'pune-koregaon-park-01', timezone: 'Asia/Kolkata', hours: [[everyDay, '12:00:00', '02:00:00']] },
  { id: 'sydney-newtown-01', timezone: 'Australia/Sydney', hours: lunchToLate },
  { id: 'dallas-deep-ellum-01', timezone: 'America/Chicago', hours: lunchToLate, trouble: 0.05 },
  { id: 'atlanta-midtown-01', timezone: 'America/New_York', hours: lunchToLate, trouble: 0.08 },
  { id: 'denver-lodo-02', timezone: 'America/Denver', hours: lunchToLate },
  { id: 'san-francisco-mission-01', timezone: 'America/Los_Angeles', hours: lunchToLate, trouble: 0.06 },
  { id: '1481966498820158979', timezone: 'America/New_York', hours: [[everyDay, '06:00:00', '15:00:00']] },
  { id: '5139926242460185114', timezone: 'America/Chicago', hours: lunchToLate, trouble: 0.04 },
  { id: '8377465688456570187', timezone: 'America/Denver', hours: [['012345', '10:30:00', '21:30:00']] },
  { id: '3f0c9a52-7d41-4c0e-9b6a-1f2e8d5c7a90', timezone: 'America/Los_Angeles', hours: lunchToLate },
]

/** The example's files by name. */
export function chainFiles(): Record<string, string> {
  return {
    'store_status.csv': pollFile(),
    'business_hours.csv': hoursFile(),
    'timezones.csv': timezoneFile(),
  }
}

/** As the real exports have them: all active rows first, then all inactive ones. */
function pollFile(): string {
  const rows = stores.flatMap(pollRows)
  return [
    'store_id,status,timestamp_utc\n',
    ...rows.filter((row) => row.includes(',active,')),
    ...rows.filter((row) => row.includes(',inactive,')),
    // The latest poll, from which a report looks back unless it is told otherwise.
    'chicago-ohare-03,active,2026-11-04 20:00:00 UTC\n',
    // One instant, two answers: the later row counts.
    'philadelphia-fishtown-01,active,2026-11-04 19:10:00 UTC\n',
    'philadelphia-fishtown-01,inactive,2026-11-04 19:10:00 UTC\n',
    // Rows that break a rule.
    'dallas-deep-ellum-01,paused,2026-11-04 18:02:11 UTC\n',
    'dallas-deep-ellum-01,active,2026-11-31 18:02:11 UTC\n',
    'dallas-deep-ellum-01,active,last Tuesday\n',
    ',active,2026-11-04 18:02:11 UTC\n',
    'boston-seaport-01,active,2026-11-0',
  ].join('')
}

function pollRows({
  id,
  polledAt = () => true,
  downAt = () => false,
  trouble = 0.015,
}: ExampleStore): string[] {
  const random = randomOf(id)
  const rows: string[] = []
  let downUntilMs = 0
  for (let hourMs = firstMs; hourMs < lastMs; hourMs += HOUR_MS) {
    const atMs = hourMs + Math.floor((5 + random() * 45) * MINUTE_MS)
    const micros = Math.floor(random() * 1_000)
    if (random() < trouble) downUntilMs = atMs + (1 + random() * 3) * HOUR_MS
    if (!polledAt(atMs)) continue
    const status = downAt(atMs) || atMs < downUntilMs ? 'inactive' : 'active'
    rows.push(`${id},${status},${timestamp(atMs, micros)}\n`)
  }
  return rows
}

function hoursFile(): string {
  const rows = stores.flatMap(({ id, hours = [] }) =>
    hours.flatMap(([days, start, end]) => Array.from(days, (day) => `${id},${day},${start},${end}\n`)),
  )
  return ['store_id,dayOfWeek,start_time_local,end_time_local\n', ...rows].join('')
}

function timezoneFile(): string {
  const rows = stores.flatMap(({ id, timezone }) => (timezone === undefined ? [] : [`${id},${timezone}\n`]))
  return ['store_id,timezone_str\n', ...rows].join('')
}

/** With microseconds, as real exports have them, and now and then without a fraction. */
function timestamp(atMs: number, micros: number): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().slice(0, -1).split('T')
  const withoutFraction = micros % 7 === 0
  return `${date} ${withoutFraction ? time.slice(0, 8) : `${time}${String(micros).padStart(3, '0')}`} UTC`
}

function during(start: string, end: string): (atMs: number) => boolean {
  return (atMs) => atMs >= Date.parse(start) && atMs < Date.parse(end)
}

/** Numbers in [0, 1) that depend on nothing but the text (mulberry32), so that a new store leaves the others alone. */
function randomOf(text: string): () => number {
  let state = 2_166_136_261
  for (const char of text) state = Math.imul(state ^ char.charCodeAt(0), 16_777_619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

if (import.meta.main) {
  const dir = join(import.meta.dirname, 'chain')
  mkdirSync(dir, { recursive: true })
  for (const [name, content] of Object.entries(chainFiles())) writeFileSync(join(dir, name), content)
}
