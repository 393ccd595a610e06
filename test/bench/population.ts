import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createRandom } from './random.ts'

/** A row of business hours without its store. */
export interface HoursRow {
  /** 0 = Monday … 6 = Sunday. */
  readonly day: number
  readonly start: string
  readonly end: string
}

/** The stores whose data is made. Rules and zones are shared, so that a million stores stay small; -1 is none. */
export interface Population {
  /** Where the hours and zones come from. */
  readonly source: 'made' | 'real'
  readonly ids: readonly string[]
  readonly rules: readonly (readonly HoursRow[])[]
  readonly ruleOf: Int32Array
  readonly zones: readonly string[]
  readonly zoneOf: Int32Array
}

/** The folder of the real stores' hours and zones, if this machine has one. */
export function findRealData(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = environment['STORE_MONITOR_REAL_DATA'] ?? resolve('..', 'shared', 'data')
  return existsSync(join(folder, 'business_hours.csv.gz')) ? folder : undefined
}

const SHARE_WITH_HOURS = 0.82
const SHARE_WITH_ZONE = 0.998

/** As in a chain that delivers all over the United States, with a few stores elsewhere. */
const zoneShares: readonly (readonly [zone: string, share: number])[] = [
  ['America/New_York', 0.58],
  ['America/Los_Angeles', 0.23],
  ['America/Chicago', 0.11],
  ['America/Phoenix', 0.03],
  ['America/Denver', 0.02],
  ['America/Detroit', 0.01],
  ['America/Indiana/Indianapolis', 0.005],
  ['Pacific/Honolulu', 0.005],
  ['America/Sao_Paulo', 0.003],
  ['Europe/London', 0.003],
  ['Asia/Kolkata', 0.002],
  ['Australia/Lord_Howe', 0.001],
  ['Asia/Beirut', 0.001],
]

export function madePopulation(stores: number, seed: number): Population {
  const random = createRandom(seed)
  // 14,092 real stores have 1,840 rules; more stores have more of them, but not in proportion.
  const rules = Array.from({ length: Math.round(5.97 * stores ** 0.6) }, (_, i) => madeRule(i, random))
  const ids = Array.from({ length: stores }, () => madeId(random))
  const ruleOf = new Int32Array(stores)
  const zoneOf = new Int32Array(stores)
  for (let store = 0; store < stores; store++) {
    // The cube makes a few rules common and most rare.
    ruleOf[store] = random() < SHARE_WITH_HOURS ? Math.floor(rules.length * random() ** 3) : -1
    zoneOf[store] = random() < SHARE_WITH_ZONE ? chosenZone(random()) : -1
  }
  return { source: 'made', ids, rules, ruleOf, zones: zoneShares.map(([zone]) => zone), zoneOf }
}

/** The real stores; more stores than there are of them get ids of their own, and their hours and zones in turn. */
export function realPopulation(folder: string, stores: number, seed: number): Population {
  const rows = (name: string) =>
    gunzipSync(readFileSync(join(folder, name)))
      .toString()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
  const hoursOf = Map.groupBy(rows('business_hours.csv.gz'), ([id]) => id!)
  const timezoneOf = new Map(rows('timezones.csv.gz').map(([id, zone]) => [id!, zone!]))
  const realIds = [...new Set([...timezoneOf.keys(), ...hoursOf.keys()])].sort()

  const random = createRandom(seed)
  const zones = [...new Set(timezoneOf.values())]
  const ruleKeys = new Map<string, number>()
  const rules: HoursRow[][] = []
  const ruleOf = new Int32Array(stores).fill(-1)
  const zoneOf = new Int32Array(stores).fill(-1)
  for (let store = 0; store < stores; store++) {
    const id = realIds[store % realIds.length]!
    const timezone = timezoneOf.get(id)
    if (timezone !== undefined) zoneOf[store] = zones.indexOf(timezone)
    const hours = hoursOf
      .get(id)
      ?.map(([, day, start, end]) => ({ day: Number(day), start: start!, end: end! }))
    if (!hours) continue
    const key = JSON.stringify(hours)
    if (!ruleKeys.has(key)) ruleKeys.set(key, rules.push(hours) - 1)
    ruleOf[store] = ruleKeys.get(key)!
  }
  const ids = Array.from({ length: stores }, (_, store) => realIds[store] ?? madeId(random))
  return { source: 'real', ids, rules, ruleOf, zones, zoneOf }
}

/** 18 or 19 digits, as real ids have: more than a JavaScript number holds. */
function madeId(random: () => number): string {
  const tail = Array.from({ length: 3 }, () => String(Math.floor(random() * 1e6)).padStart(6, '0')).join('')
  const isLong = random() < 0.9
  return isLong ? `${1 + Math.floor(random() * 8)}${tail}` : `${1 + Math.floor(random() * 9)}${tail.slice(1)}`
}

function chosenZone(chance: number): number {
  let upTo = 0
  for (const [i, [, share]] of zoneShares.entries()) {
    upTo += share
    if (chance < upTo) return i
  }
  return 0
}

const week = [0, 1, 2, 3, 4, 5, 6]

/** Both ways to write 24×7, and then what else there is, from one shift a day to split ones that run past midnight. */
function madeRule(index: number, random: () => number): HoursRow[] {
  if (index < 2)
    return week.map((day) => ({ day, start: '00:00:00', end: index === 0 ? '23:59:00' : '23:59:59' }))
  const closedDays = new Set(random() < 0.2 ? [Math.floor(random() * 7), 6] : [])
  const usual = madeDay(random)
  const shifts = week.map((day) => (day >= 4 && random() < 0.4 ? madeDay(random) : usual))
  const rows = week
    .filter((day) => !closedDays.has(day))
    .flatMap((day) => shifts[day]!.map(([start, end]) => ({ day, start, end })))
  return rows.sort((a, b) => a.start.localeCompare(b.start) || a.day - b.day)
}

function madeDay(random: () => number): (readonly [start: string, end: string])[] {
  const opens = quarters(24 + Math.floor(random() * 24)) // 06:00 to 11:45
  const kind = random()
  if (kind < 0.15)
    return [
      [opens, quarters(56)],
      [quarters(66), quarters(84 + Math.floor(random() * 10))],
    ]
  if (kind < 0.3)
    return [
      [quarters(0), quarters(1 + Math.floor(random() * 10))],
      [opens, '23:59:00'],
    ]
  if (kind < 0.35) return [[quarters(66), quarters(4 + Math.floor(random() * 8))]] // until the next morning
  if (kind < 0.5) return [[opens, '23:59:59']]
  return [[opens, quarters(76 + Math.floor(random() * 19))]]
}

/** A time of day given in quarters of an hour. */
function quarters(count: number): string {
  return `${String(Math.floor(count / 4)).padStart(2, '0')}:${String((count % 4) * 15).padStart(2, '0')}:00`
}
