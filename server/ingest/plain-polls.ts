import { parseTimestamp } from '../../shared/timestamp.ts'
import { POLL_WEEK_MS, pollWeekOf } from '../uptime/poll-week.ts'
import type { TakenLines } from './line-blocks.ts'
import { COMMA, CR, createPlainLines, indexFrom, LF, type PlainBytes } from './plain-lines.ts'
import type { StoreIds } from './store-ids.ts'

const SPACE = 32
const DOT = 46
const ZERO = 48
const COLON = 58

const [INAC, ACTI, IVE_, UTC] = ['inac', 'acti', 'ive,', ' UTC'].map(wordOf)
const ACTIVE_LENGTH = 'active,'.length
const DATE_LENGTH = 'YYYY-MM-DD'.length
const TIME_LENGTH = ' HH:MM:SS'.length
const NONE = -1

/**
 * Takes polls straight from a file's bytes: lines that are just `store_id,active,YYYY-MM-DD HH:MM:SS.fraction UTC`, in
 * that order of columns, which is how the exports write nearly all of them. What is added is the number of a store, a
 * week, and the poll's word. Each function below reads at most 12 bytes from where it begins, up to a line's end.
 */
export function createPlainPolls(
  stores: Pick<StoreIds, 'guessAt' | 'numberAt' | 'lengthOf'>,
  add: (store: number, week: number, word: number) => void,
): (bytes: Buffer) => TakenLines {
  const date = createDateReader()

  return createPlainLines((plain, start) => {
    const { bytes, view } = plain
    const guess = stores.guessAt(view, start)
    const fieldEnd = guess < 0 ? indexFrom(bytes, COMMA, start) + 1 : start + stores.lengthOf(guess)
    // One way for both statuses: the code for a way not taken yet is not compiled, and files may be sorted by status.
    const inLength = view.getInt32(fieldEnd, true) === INAC ? 'in'.length : 0
    const statusStart = fieldEnd + inLength
    if (!isActiveAt(view, statusStart)) return NONE
    const dateStart = statusStart + ACTIVE_LENGTH
    date.readAt(plain, dateStart)
    const timeStart = dateStart + DATE_LENGTH
    const timeMs = timeOfDayAt(plain, timeStart)
    if (date.weekOffsetMs === NONE || timeMs === NONE) return NONE
    let offsetMs = date.weekOffsetMs + timeMs
    let end = timeStart + TIME_LENGTH
    if (bytes[end] === DOT) {
      const fractionStart = end + 1
      end = endOfDigits(bytes, fractionStart)
      if (end === fractionStart) return NONE
      offsetMs += fractionMs(bytes, fractionStart, end)
    }
    if (view.getInt32(end, true) !== UTC) return NONE
    end += 4
    if (bytes[end] === CR) end++
    if (bytes[end] !== LF) return NONE
    const store = guess < 0 ? stores.numberAt(view, start, fieldEnd) : guess
    if (store < 0) return NONE
    add(store, date.week, offsetMs * 2 + (inLength === 0 ? 1 : 0))
    return end + 1
  })
}

/** Four characters as the number that a `DataView` reads. */
function wordOf(text: string): number {
  return Buffer.from(text).readInt32LE()
}

/** Whether `active,` is at `at`. */
function isActiveAt(view: DataView, at: number): boolean {
  return view.getInt32(at, true) === ACTI && view.getInt32(at + 3, true) === IVE_
}

/** How many dates are known at a time: polls that follow each other are of few. */
const KNOWN_DATES = 16
/** What is known of a date: its characters as three overlapping words, its week, and where in that it starts. */
const DATE = 5

/** The week of a date and where in it the date starts, or NONE. */
function createDateReader() {
  const known = new Int32Array(KNOWN_DATES * DATE).fill(NONE)

  function find(text: string, entry: number): void {
    const epochMs = parseTimestamp(`${text} 00:00`)
    const week = pollWeekOf(epochMs)
    known[entry + 3] = week
    known[entry + 4] = Number.isNaN(epochMs) ? NONE : epochMs - week * POLL_WEEK_MS
  }

  const date = {
    week: 0,
    weekOffsetMs: NONE,
    readAt({ bytes, view }: PlainBytes, at: number): void {
      const entry = (bytes[at + DATE_LENGTH - 1]! % KNOWN_DATES) * DATE
      const isKnown =
        view.getInt32(at, true) === known[entry] &&
        view.getInt32(at + 4, true) === known[entry + 1] &&
        view.getInt32(at + 6, true) === known[entry + 2]
      if (!isKnown) {
        known[entry] = view.getInt32(at, true)
        known[entry + 1] = view.getInt32(at + 4, true)
        known[entry + 2] = view.getInt32(at + 6, true)
        find(Buffer.from(bytes.buffer, at, DATE_LENGTH).toString('latin1'), entry)
      }
      date.week = known[entry + 3]!
      date.weekOffsetMs = known[entry + 4]!
    },
  }
  return date
}

/** The milliseconds of ` HH:MM:SS` at `at`, or NONE. */
function timeOfDayAt({ bytes, view }: PlainBytes, at: number): number {
  const hour = twoDigits[view.getUint16(at + 1, true)]!
  const minute = twoDigits[view.getUint16(at + 4, true)]!
  const second = twoDigits[view.getUint16(at + 7, true)]!
  const isTime =
    bytes[at] === SPACE &&
    bytes[at + 3] === COLON &&
    bytes[at + 6] === COLON &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59
  return isTime ? ((hour * 60 + minute) * 60 + second) * 1000 : NONE
}

/** What two characters say as a number, by what a `DataView` reads of them; 255 for those that are not digits. */
const twoDigits = new Uint8Array(1 << 16).fill(255)
for (let n = 0; n < 100; n++) {
  const [tens, ones] = [Math.floor(n / 10), n % 10]
  twoDigits[ZERO + tens + ((ZERO + ones) << 8)] = n
}

function endOfDigits(bytes: Uint8Array, start: number): number {
  let end = start
  while (bytes[end]! >= ZERO && bytes[end]! <= ZERO + 9) end++
  return end
}

/** The milliseconds of a fraction of a second, cut off after them. */
function fractionMs(bytes: Uint8Array, start: number, end: number): number {
  let ms = 0
  for (let i = start; i < start + 3; i++) ms = ms * 10 + (i < end ? bytes[i]! - ZERO : 0)
  return ms
}
