import { createReadStream, createWriteStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { defaultTimezone } from '../../shared/store.ts'
import { zoneOffsets } from '../../server/uptime/zone-offsets.ts'
import type { HoursRow, Population } from './population.ts'
import { createRandom } from './random.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const MINUTES_OF_WEEK = 7 * 24 * 60
/** How far polls go back from the latest one. */
const SLOTS = Math.ceil(7.76 * 24)
const STORES_PER_STEP = 1024
const BLOCK_BYTES = 1 << 20
/** Room for what a step may write. */
const STEP_BYTES = STORES_PER_STEP * 4 * 72

export interface PollSummary {
  readonly polls: number
  readonly bytes: number
}

/** Bytes that wait to be written. */
interface Block {
  readonly bytes: Uint8Array
  length: number
}

/**
 * Writes about 132 polls of each store, an hour apart: the poller itself was down twice, for 8 and for 35 hours; most
 * stores that are closed do not answer; the file has all active rows before all inactive ones. The same arguments give
 * the same bytes, and memory does not grow with the number of polls.
 */
export async function writePolls(
  path: string,
  population: Population,
  { seed, endMs }: { readonly seed: number; readonly endMs: number },
): Promise<PollSummary> {
  const inactivePath = `${path}.inactive`
  const active = await open(path, 'w')
  const inactive = await open(inactivePath, 'w')
  const activeBlock: Block = { bytes: new Uint8Array(BLOCK_BYTES + STEP_BYTES), length: 0 }
  const inactiveBlock: Block = { bytes: new Uint8Array(BLOCK_BYTES + STEP_BYTES), length: 0 }
  const putPolls = createPollMaker(population, { seed, endMs })
  let polls = 0
  let bytes = 0

  async function flush(file: typeof active, block: Block): Promise<void> {
    bytes += block.length
    await file.writeFile(block.bytes.subarray(0, block.length))
    block.length = 0
  }

  putText(activeBlock, Buffer.from('store_id,status,timestamp_utc\n'))
  for (let slot = 0; slot < SLOTS; slot++) {
    for (let from = 0; from < population.ids.length; from += STORES_PER_STEP) {
      polls += putPolls(
        slot,
        from,
        Math.min(from + STORES_PER_STEP, population.ids.length),
        activeBlock,
        inactiveBlock,
      )
      if (activeBlock.length > BLOCK_BYTES) await flush(active, activeBlock)
      if (inactiveBlock.length > BLOCK_BYTES) await flush(inactive, inactiveBlock)
    }
  }
  await flush(active, activeBlock)
  await flush(inactive, inactiveBlock)
  await active.close()
  await inactive.close()
  await pipeline(createReadStream(inactivePath), createWriteStream(path, { flags: 'a' }))
  await rm(inactivePath)
  return { polls, bytes }
}

/** Puts the polls of some stores in an hour, and tells how many. */
type PutPolls = (slot: number, fromStore: number, toStore: number, active: Block, inactive: Block) => number

function createPollMaker(
  { ids, rules, ruleOf, zones, zoneOf }: Population,
  { seed, endMs }: { readonly seed: number; readonly endMs: number },
): PutPolls {
  const random = createRandom(seed)
  const stores = ids.length
  const idTexts = Uint8Array.from(Buffer.from(ids.join(''), 'latin1'))
  const idStarts = new Uint32Array(stores + 1)
  const obeysHours = new Uint8Array(stores)
  const isUp = new Uint8Array(stores)
  const pollsPerHour = new Float64Array(stores)
  const phase = new Float64Array(stores)
  for (let store = 0; store < stores; store++) {
    idStarts[store + 1] = idStarts[store]! + ids[store]!.length
    obeysHours[store] = random() < 0.6 ? 1 : 0
    isUp[store] = random() < 0.95 ? 1 : 0
    pollsPerHour[store] = random() < 0.0006 ? 0.03 : random() < 0.02 ? 2.6 : 0.902
    phase[store] = random()
  }
  const beginMs = endMs - SLOTS * HOUR_MS
  const openMinutes = openMinutesOf(rules)
  const offsets = [...zones, defaultTimezone].map((zone) => hourlyOffsets(zone, beginMs))
  const putLine = createLineWriter()

  return (slot, fromStore, toStore, active, inactive) => {
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
        const micros = Math.floor(random() * 1000)
        putLine(
          isActive ? active : inactive,
          idTexts,
          idStarts[store]!,
          idStarts[store + 1]!,
          isActive,
          at,
          micros,
        )
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
function hourlyOffsets(zone: string, beginMs: number): Float64Array {
  const { startsMs, offsetsMs } = zoneOffsets(zone, beginMs, beginMs + SLOTS * HOUR_MS)
  let era = 0
  return Float64Array.from({ length: SLOTS }, (_, slot) => {
    while (era + 1 < startsMs.length && startsMs[era + 1]! <= beginMs + slot * HOUR_MS) era++
    return offsetsMs[era]!
  })
}

const texts = [Buffer.from(',inactive,'), Buffer.from(',active,')]
const utcText = Buffer.from(' UTC\n')
const ZERO = 48

type PutLine = (
  block: Block,
  ids: Uint8Array,
  idStart: number,
  idEnd: number,
  isActive: boolean,
  at: number,
  micros: number,
) => void

/** Writes lines as bytes: of 130 million of them, none becomes a string. */
function createLineWriter(): PutLine {
  let dayMs = NaN
  let dateText = Buffer.alloc(0)
  return (block, ids, idStart, idEnd, isActive, at, micros) => {
    const { bytes } = block
    for (let i = idStart; i < idEnd; i++) bytes[block.length++] = ids[i]!
    putText(block, texts[Number(isActive)]!)
    const timeMs = at % DAY_MS
    if (at - timeMs !== dayMs) {
      dayMs = at - timeMs
      dateText = Buffer.from(`${new Date(dayMs).toISOString().slice(0, 10)} `)
    }
    putText(block, dateText)
    const seconds = Math.floor(timeMs / 1000)
    putTwoDigits(block, Math.floor(seconds / 3600), ':')
    putTwoDigits(block, Math.floor(seconds / 60) % 60, ':')
    putTwoDigits(block, seconds % 60, '.')
    let fraction = (timeMs % 1000) * 1000 + micros
    for (let i = 5; i >= 0; i--) {
      bytes[block.length + i] = ZERO + (fraction % 10)
      fraction = Math.floor(fraction / 10)
    }
    block.length += 6
    while (bytes[block.length - 1] === ZERO) block.length-- // the exports cut trailing zeros,
    if (bytes[block.length - 1] === 46) block.length -= 1 // and a whole second's dot
    putText(block, utcText)
  }
}

function putText(block: Block, text: Uint8Array): void {
  for (let i = 0; i < text.length; i++) block.bytes[block.length++] = text[i]!
}

function putTwoDigits(block: Block, value: number, end: ':' | '.'): void {
  const tens = Math.floor(value / 10)
  block.bytes[block.length++] = ZERO + tens
  block.bytes[block.length++] = ZERO + value - tens * 10
  block.bytes[block.length++] = end === ':' ? 58 : 46
}
