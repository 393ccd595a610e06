/**
 * Takes lines straight from a file's bytes, in a fraction of the time that it takes to cut the bytes into texts first.
 * The host puts whole lines into the input, has them scanned, and gets pairs: for polls the number of a group and a word,
 * for rules the numbers of a store and a rest. Scanning ends before a line that is not in the plain form, right or wrong:
 * that is for the host to judge. Behind the lines there is always one more comma and line feed, so no search for their
 * end runs away, and as many bytes as can be read from there.
 */
import { epochMsOfDate, isRule } from './host'
import { IdTable, NONE } from './id-table'
import { PollGroups } from './poll-groups'

const COMMA: u8 = 44
const LF: u8 = 10
const CR: u8 = 13
const SPACE: u8 = 32
const DOT: u8 = 46
const ZERO: u8 = 48
const COLON: u8 = 58

/** Characters as the numbers that they are read as. */
const INAC: u32 = 0x63616e69
const ACTI: u32 = 0x69746361
const IVE_COMMA: u32 = 0x2c657669
const _UTC: u32 = 0x43545520

const ACTIVE_LENGTH: usize = 7
const DATE_LENGTH: usize = 10
const TIME_LENGTH: usize = 9
const WEEK_MS: f64 = 604_800_000

export const INPUT_BYTES: usize = 1024 * 1024
/** More than is read behind a line: a guess reads as far as the longest id or rest that is known. */
export const PADDING: usize = 256
/** An id of one character, a comma, and a line feed. */
const SHORTEST_LINE: usize = 3
const MOST_PAIRS: usize = INPUT_BYTES / SHORTEST_LINE
const LONGEST_ID: usize = 128

export const input: usize = heap.alloc(INPUT_BYTES + PADDING)
export const pairGroups: usize = heap.alloc(4 * MOST_PAIRS)
export const pairWords: usize = heap.alloc(4 * MOST_PAIRS)
/** For each byte: 1 where an id may start with it, and 2 where it may go on with it. */
export const idBytes: usize = heap.alloc(256)

/** How many pairs the last scan found. */
export let pairs: u32 = 0

const stores = new IdTable()
const rests = new IdTable()
const groups = new PollGroups()

/** Forgets all that was scanned: it may begin with another file. */
export function clear(): void {
  pairs = 0
  stores.clear()
  rests.clear()
  groups.clear()
  memory.fill(dates, 0xff, KNOWN_DATES * DATE)
}

/** Scans lines of `store_id,status,YYYY-MM-DD HH:MM:SS.fraction UTC`; returns where it ended. */
export function scanPolls(end: usize): usize {
  return scan(end, scanPoll)
}

/** Scans lines of `store_id,rest`, of which few rests differ; returns where it ended. */
export function scanRules(end: usize): usize {
  return scan(end, scanRule)
}

function scan(end: usize, scanLine: (start: usize) => usize): usize {
  pairs = 0
  let at = input
  while (at < end) {
    const next = scanLine(at)
    if (next === 0) break
    at = next
  }
  return at
}

/** The number of the store whose id is from `start` to the comma before `end`, or NONE for what is no id. */
export function storeAt(start: usize, end: usize): u32 {
  const known = stores.find(start, end)
  if (known !== NONE) return known
  return isIdAt(start, end - 1) ? stores.add(start, end) : NONE
}

export function storeCount(): u32 {
  return stores.count
}

export function storeIdStart(ofStore: u32): usize {
  return stores.startOf(ofStore)
}

/** Without the comma. */
export function storeIdLength(ofStore: u32): u32 {
  return stores.lengthOf(ofStore) - 1
}

export function groupOf(ofStore: u32, week: i32): u32 {
  return groups.groupOf(ofStore, week)
}

export function groupCount(): u32 {
  return groups.count
}

export function weekOfGroup(group: u32): i32 {
  return groups.weekOf(group)
}

export function firstGroupOf(ofStore: u32): u32 {
  return groups.firstOf(ofStore)
}

export function groupAfter(group: u32): u32 {
  return groups.nextOf(group)
}

/** Where the line after the one at `start` begins, or 0 for one that is not plain. */
function scanPoll(start: usize): usize {
  const guess = stores.guess(start)
  const fieldEnd = guess === NONE ? indexFrom(start, COMMA) + 1 : start + stores.lengthOf(guess)
  const inLength: usize = load<u32>(fieldEnd) === INAC ? 2 : 0
  const statusStart = fieldEnd + inLength
  if (load<u32>(statusStart) !== ACTI || load<u32>(statusStart + 3) !== IVE_COMMA) return 0
  const dateStart = statusStart + ACTIVE_LENGTH
  const date = dateAt(dateStart)
  const timeStart = dateStart + DATE_LENGTH
  const timeMs = timeOfDayAt(timeStart)
  if (load<i32>(date, DATE_OFFSET) < 0 || timeMs < 0) return 0
  let offsetMs = load<i32>(date, DATE_OFFSET) + timeMs
  let end = timeStart + TIME_LENGTH
  if (load<u8>(end) === DOT) {
    const fractionStart = end + 1
    end = endOfDigits(fractionStart)
    if (end === fractionStart) return 0
    offsetMs += fractionMs(fractionStart, end)
  }
  if (load<u32>(end) !== _UTC) return 0
  end += 4
  if (load<u8>(end) === CR) end++
  if (load<u8>(end) !== LF) return 0
  const ofStore = guess === NONE ? storeAt(start, fieldEnd) : guess
  if (ofStore === NONE) return 0
  const isActive: u32 = inLength === 0 ? 1 : 0
  addPair(groups.groupOf(ofStore, load<i32>(date, DATE_WEEK)), <u32>offsetMs * 2 + isActive)
  return end + 1
}

/** The same for a line of a rule. */
function scanRule(start: usize): usize {
  const storeGuess = stores.guess(start)
  const restStart = storeGuess === NONE ? indexFrom(start, COMMA) + 1 : start + stores.lengthOf(storeGuess)
  const restGuess = rests.guess(restStart)
  // From the comma on, as that of the padding has its line feed behind it.
  const end = restGuess === NONE ? indexFrom(restStart - 1, LF) + 1 : restStart + rests.lengthOf(restGuess)
  const rest = restGuess === NONE ? restAt(restStart, end) : restGuess
  if (rest === NONE) return 0
  const ofStore = storeGuess === NONE ? storeAt(start, restStart) : storeGuess
  if (ofStore === NONE) return 0
  addPair(ofStore, rest)
  return end
}

function restAt(start: usize, end: usize): u32 {
  const known = rests.find(start, end)
  if (known !== NONE) return known
  return isRule(start, end) ? rests.add(start, end) : NONE
}

function addPair(group: u32, word: u32): void {
  store<u32>(pairGroups + 4 * pairs, group)
  store<u32>(pairWords + 4 * pairs, word)
  pairs++
}

function isIdAt(start: usize, end: usize): bool {
  if (start === end || end - start > LONGEST_ID || !(load<u8>(idBytes + load<u8>(start)) & 1)) return false
  let at = start + 1
  while (at < end && load<u8>(idBytes + load<u8>(at)) & 2) at++
  return at === end
}

function indexFrom(at: usize, byte: u8): usize {
  while (load<u8>(at) !== byte) at++
  return at
}

/** How many dates are known at a time, by their last digit: polls that follow each other are of few. */
const KNOWN_DATES: usize = 16
/** What is known of a date: its characters, its week, and where in that it starts, or -1 for what is no date. */
const DATE: usize = 24
const DATE_WEEK: usize = 12
const DATE_OFFSET: usize = 16
const dates = unknownDates()

function unknownDates(): usize {
  const dates = heap.alloc(KNOWN_DATES * DATE)
  memory.fill(dates, 0xff, KNOWN_DATES * DATE)
  return dates
}

function dateAt(at: usize): usize {
  const date = dates + DATE * (load<u8>(at, DATE_LENGTH - 1) % KNOWN_DATES)
  const isKnown = load<u64>(at) === load<u64>(date) && load<u16>(at, 8) === load<u16>(date, 8)
  if (!isKnown) {
    const epochMs = epochMsOfDate(at)
    const week = Math.floor(epochMs / WEEK_MS)
    memory.copy(date, at, DATE_LENGTH)
    store<i32>(date, <i32>week, DATE_WEEK)
    store<i32>(date, isNaN(epochMs) ? -1 : <i32>(epochMs - week * WEEK_MS), DATE_OFFSET)
  }
  return date
}

/** The milliseconds of ` HH:MM:SS` at `at`, or -1. */
function timeOfDayAt(at: usize): i32 {
  const hour = twoDigitsAt(at + 1)
  const minute = twoDigitsAt(at + 4)
  const second = twoDigitsAt(at + 7)
  const isTime =
    load<u8>(at) === SPACE &&
    load<u8>(at, 3) === COLON &&
    load<u8>(at, 6) === COLON &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59
  return isTime ? ((hour * 60 + minute) * 60 + second) * 1000 : -1
}

/** Two characters as a number, 255 where they are not digits. */
function twoDigitsAt(at: usize): i32 {
  const tens = load<u8>(at) - ZERO
  const ones = load<u8>(at, 1) - ZERO
  return tens <= 9 && ones <= 9 ? <i32>tens * 10 + ones : 255
}

function endOfDigits(at: usize): usize {
  while (<u8>(load<u8>(at) - ZERO) <= 9) at++
  return at
}

/** The milliseconds of a fraction of a second, cut off after them. */
function fractionMs(start: usize, end: usize): i32 {
  let ms = 0
  for (let at = start; at < start + 3; at++) ms = ms * 10 + (at < end ? load<u8>(at) - ZERO : 0)
  return ms
}
