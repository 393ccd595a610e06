import { isActive, offsetOf } from '../uptime/poll-week.ts'
import { runsOf, type PackedPolls } from './packed-polls.ts'

const DAY_MS = 86_400_000
const ZERO = 0x30
const POINT = 0x2e
const COLON = 0x3a

/** How a line says a poll: all but its id, status and time is the same for each. */
interface LineForm {
  readonly beforeId: string
  readonly afterId: string
  readonly afterStatus: string
  readonly beforeTime: string
  readonly end: string
  /** Of the milliseconds, where there are any: 1 to 3 as the exports of polls have them, or always 3. */
  readonly leastDigits: 1 | 3
}

export const lineForms = {
  csv: { beforeId: '', afterId: ',', afterStatus: ',', beforeTime: ' ', end: ' UTC\n', leastDigits: 1 },
  ndjson: {
    beforeId: '{"store_id":"',
    afterId: '","status":"',
    afterStatus: '","timestamp_utc":"',
    beforeTime: 'T',
    end: 'Z"}\n',
    leastDigits: 3,
  },
} as const satisfies Record<string, LineForm>

export const pollCsvHeader = 'store_id,status,timestamp_utc\n'

const MOST_TIME_BYTES = 'HH:MM:SS.mmm'.length

/** Polls as lines. Ids are ASCII, and have nothing that would have to be quoted. */
export function linesOfPolls(polls: PackedPolls, form: LineForm): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(mostBytes(polls, form))
  const end = Buffer.from(form.end)
  const days = createDays(form)
  let at = 0
  for (const { storeId, week, words } of runsOf(polls)) {
    const start = Buffer.from(`${form.beforeId}${storeId}${form.afterId}`)
    let day = days.of(week, 0)
    for (const word of words) {
      const offsetMs = offsetOf(word)
      if (offsetMs < day.startMs || offsetMs >= day.startMs + DAY_MS) day = days.of(week, offsetMs)
      at = put(bytes, at, start)
      at = put(bytes, at, isActive(word) ? day.active : day.inactive)
      at = putTime(bytes, at, offsetMs - day.startMs, form.leastDigits)
      at = put(bytes, at, end)
    }
  }
  return bytes.subarray(0, at)
}

interface Day {
  /** Since its week began. */
  readonly startMs: number
  /** What stands between an id and the time of that day. */
  readonly active: Uint8Array
  readonly inactive: Uint8Array
}

/** Stores are polled on the same days, so that these are written once. */
function createDays({ afterStatus, beforeTime }: LineForm) {
  const known = new Map<number, Day>()
  return {
    of(week: number, offsetMs: number): Day {
      const inWeek = Math.floor(offsetMs / DAY_MS)
      const number = week * 7 + inWeek
      let day = known.get(number)
      if (day === undefined) {
        // Years have four digits, as no others are taken.
        const rest = `${afterStatus}${new Date(number * DAY_MS).toISOString().slice(0, 10)}${beforeTime}`
        const [active, inactive] = [Buffer.from(`active${rest}`), Buffer.from(`inactive${rest}`)]
        known.set(number, (day = { startMs: inWeek * DAY_MS, active, inactive }))
      }
      return day
    },
  }
}

function mostBytes(polls: PackedPolls, form: LineForm): number {
  const { beforeId, afterId, afterStatus, beforeTime, end } = form
  const same = `${beforeId}${afterId}inactive${afterStatus}YYYY-MM-DD${beforeTime}${end}`.length
  let most = polls.words.length * (same + MOST_TIME_BYTES)
  for (const { storeId, words } of runsOf(polls)) most += storeId.length * words.length
  return most
}

/** For so few bytes a loop is quicker than `set`. */
function put(bytes: Uint8Array, at: number, what: Uint8Array): number {
  for (let i = 0; i < what.length; i++) bytes[at + i] = what[i]!
  return at + what.length
}

function putTime(bytes: Uint8Array, at: number, timeMs: number, leastDigits: number): number {
  const seconds = Math.floor(timeMs / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  putTwo(bytes, at, hours)
  bytes[at + 2] = COLON
  putTwo(bytes, at + 3, minutes - hours * 60)
  bytes[at + 5] = COLON
  putTwo(bytes, at + 6, seconds - minutes * 60)
  const ms = timeMs - seconds * 1000
  if (ms === 0) return at + 8
  bytes[at + 8] = POINT
  const hundreds = Math.floor(ms / 100)
  bytes[at + 9] = ZERO + hundreds
  putTwo(bytes, at + 10, ms - hundreds * 100)
  let end = at + MOST_TIME_BYTES
  while (end > at + 9 + leastDigits && bytes[end - 1] === ZERO) end--
  return end
}

function putTwo(bytes: Uint8Array, at: number, value: number): void {
  const tens = Math.floor(value / 10)
  bytes[at] = ZERO + tens
  bytes[at + 1] = ZERO + value - tens * 10
}
