import { createReadStream, createWriteStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createPollMaker, HOUR_MS } from './poll-maker.ts'
import type { Population } from './population.ts'

const DAY_MS = 86_400_000
/** How far polls go back from the latest one. */
const SLOTS = Math.ceil(7.76 * 24)
export const POLLED_MS = SLOTS * HOUR_MS
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
  const putLine = createLineWriter(population.ids)
  const putPolls = createPollMaker(population, { seed, endMs, slots: SLOTS }, (store, at, micros, isActive) =>
    putLine(isActive ? activeBlock : inactiveBlock, store, at, micros, isActive),
  )
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
      polls += putPolls(slot, from, Math.min(from + STORES_PER_STEP, population.ids.length))
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

const texts = [Buffer.from(',inactive,'), Buffer.from(',active,')]
const utcText = Buffer.from(' UTC\n')
const ZERO = 48

type PutLine = (block: Block, store: number, at: number, micros: number, isActive: boolean) => void

/** Writes lines as bytes: of 130 million of them, none becomes a string. */
function createLineWriter(ids: readonly string[]): PutLine {
  const idTexts = Uint8Array.from(Buffer.from(ids.join(''), 'latin1'))
  const idStarts = new Uint32Array(ids.length + 1)
  for (const [store, id] of ids.entries()) idStarts[store + 1] = idStarts[store]! + id.length
  let dayMs = NaN
  let dateText = Buffer.alloc(0)
  return (block, store, at, micros, isActive) => {
    const { bytes } = block
    const idEnd = idStarts[store + 1]!
    for (let i = idStarts[store]!; i < idEnd; i++) bytes[block.length++] = idTexts[i]!
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
