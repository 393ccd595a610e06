import type { StoreId } from '../../../../shared/ids.ts'
import { storeIdPattern } from '../../../../shared/store-id-pattern.ts'
import { parseTimestamp } from '../../../../shared/timestamp.ts'
import type { Header } from '../../csv/header.ts'
import type { TakenLines } from '../../csv/line-blocks.ts'
import type { Pairs } from '../pairs.ts'
import { placesInOrder } from './ids-in-order.ts'
import { giveBack, takeInstance } from './instance.ts'

/** The stores that a file names, counted from 0 in the order in which they come. */
export interface StoreIds {
  /** The number of the store with this id, -1 for what is no id. */
  numberOf(text: string): number
  idOf(store: number): StoreId
  /** The ids of all. */
  ids(): StoreId[]
  size(): number
  /** All stores in ascending order of id. */
  inOrder(): number[]
}

/** The weeks of stores, each a group of polls, counted from 0 in the order in which they come. */
export interface PollGroups {
  groupOf(store: number, week: number): number
  weekOf(group: number): number
  size(): number
  /** The groups of a store in ascending order of week. */
  ofStore(store: number): number[]
}

/** Takes lines from the start of some bytes, which end with a line, and adds what they say, a pair a line. */
type TakeLines = (bytes: Uint8Array, add: (pairs: Pairs) => void) => TakenLines

/**
 * Takes the lines of a file straight from its bytes, up to the first that is not in the plain form, right or wrong: that
 * is for the rows' collector to judge. It keeps what it needs for that in memory of its own, outside JavaScript's, which
 * another one takes where it is disposed of.
 */
export interface Scanner extends Disposable {
  readonly stores: StoreIds
  readonly groups: PollGroups
  /**
   * Polls: lines that are just `store_id,active,YYYY-MM-DD HH:MM:SS.fraction UTC`, in that order of columns, which is how
   * the exports write nearly all of them. What is added is the number of a group, and the poll's word.
   */
  readonly takePolls: TakeLines
  /** Rules: lines `store_id,rest`. What is added is the number of a store, and that of a rule. */
  readonly takeRules: TakeLines
}

const LF = 10
const CR = 13
const COMMA = 44
const DATE_LENGTH = 'YYYY-MM-DD'.length
const DAY_MS = 86_400_000
const IDS_AT_ONCE = 1000
/** Also what the module's largest number is here, where all are signed. */
const NONE = -1

/**
 * `ruleOf` says the number of a rule, from 0 on, -1 for one that is not right; it is asked about once for each. Polls of
 * dates that are not over at `latestPollMs` are not taken, right or wrong.
 */
export function createScanner(
  ruleOf: (rest: string) => number = () => NONE,
  latestPollMs: number = Infinity,
): Scanner {
  const rules: number[] = []
  const instance = takeInstance({
    epochMsOfDate(at) {
      const epochMs = parseTimestamp(`${textAt(at, at + DATE_LENGTH)} 00:00`)
      return epochMs + DAY_MS > latestPollMs ? NaN : epochMs
    },
    isRule(start, end) {
      const hasCr = memory()[end - 2] === CR
      const rule = ruleOf(textAt(start, end - (hasCr ? 2 : 1)))
      if (rule >= 0) rules.push(rule)
      return rule >= 0
    },
  })
  const { wasm } = instance
  const input = wasm.input.value
  const inputBytes = wasm.INPUT_BYTES.value
  const padding = wasm.PADDING.value
  let view = Buffer.from(wasm.memory.buffer)
  memory().set(idBytes, wasm.idBytes.value)

  /** All of its memory, which moves when it grows. */
  function memory(): Buffer {
    if (view.buffer !== wasm.memory.buffer) view = Buffer.from(wasm.memory.buffer)
    return view
  }

  function textAt(start: number, end: number): string {
    return memory().toString('latin1', start, end)
  }

  /** Puts lines where they are scanned from. */
  function putIntoInput(lines: Uint8Array): number {
    const bytes = memory()
    const end = input + lines.length
    bytes.set(lines, input)
    bytes.fill(0, end, end + padding)
    bytes[end] = COMMA
    bytes[end + 1] = LF
    return end
  }

  function pairsFound(): Pairs {
    const { buffer } = wasm.memory
    const count = wasm.pairs.value
    return {
      groups: new Uint32Array(buffer, wasm.pairGroups.value, count).slice(),
      words: new Uint32Array(buffer, wasm.pairWords.value, count).slice(),
      count,
    }
  }

  function takeLines(
    scan: (end: number) => number,
    bytes: Uint8Array,
    add: (pairs: Pairs) => void,
  ): TakenLines {
    let lineCount = 0
    let byteCount = 0
    for (let isPlain = true; isPlain && byteCount < bytes.length;) {
      const chunk = bytes.subarray(byteCount, byteCount + inputBytes)
      const lines = chunk.subarray(0, chunk.lastIndexOf(LF) + 1)
      const end = putIntoInput(lines)
      const scannedTo = scan(end)
      const found = pairsFound()
      add(found)
      lineCount += found.count
      byteCount += scannedTo - input
      isPlain = scannedTo === end && lines.length > 0
    }
    return { lineCount, byteCount }
  }

  function idOf(store: number): StoreId {
    const start = wasm.storeIdStart(store) >>> 0
    return textAt(start, start + wasm.storeIdLength(store)) as StoreId
  }

  /** They lie one behind the other, each with its comma. */
  function ids(): StoreId[] {
    const all: StoreId[] = []
    for (let from = 0; from < wasm.storeCount(); from += IDS_AT_ONCE) {
      const last = Math.min(from + IDS_AT_ONCE, wasm.storeCount()) - 1
      const end = (wasm.storeIdStart(last) >>> 0) + wasm.storeIdLength(last)
      for (const id of textAt(wasm.storeIdStart(from) >>> 0, end).split(',')) all.push(id as StoreId)
    }
    return all
  }

  return {
    stores: {
      numberOf(text) {
        if (!storeIdPattern.test(text)) return NONE
        const length = memory().write(`${text},`, input, 'latin1')
        return wasm.storeAt(input, input + length)
      },
      idOf,
      size: wasm.storeCount,
      ids,
      inOrder: () => placesInOrder(ids()),
    },
    groups: {
      groupOf: wasm.groupOf,
      weekOf: wasm.weekOfGroup,
      size: wasm.groupCount,
      ofStore(store) {
        const groups: number[] = []
        for (let group = wasm.firstGroupOf(store); group !== NONE; group = wasm.groupAfter(group))
          groups.push(group)
        return groups.length < 2 ? groups : groups.sort((a, b) => wasm.weekOfGroup(a) - wasm.weekOfGroup(b))
      },
    },
    takePolls: (bytes, add) => takeLines(wasm.scanPolls, bytes, add),
    takeRules: (bytes, add) =>
      takeLines(wasm.scanRules, bytes, (found) => {
        add({ ...found, words: found.words.map((rest) => rules[rest]!) })
      }),
    [Symbol.dispose]: () => giveBack(instance),
  }
}

/** For each byte: 1 where an id may start with it, and 2 where it may go on with it, by the pattern. */
const idBytes = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  const mayStart = storeIdPattern.test(character)
  const mayGoOn = storeIdPattern.test(`0${character}`)
  return (mayStart ? 1 : 0) + (mayGoOn ? 2 : 0)
})

/** Whether a file has the columns of its kind in their order, separated by commas, and no others. */
export function hasPlainColumns({
  columns,
  width,
  separator,
}: Pick<Header, 'columns' | 'width' | 'separator'>): boolean {
  if (separator !== ',') return false
  const places: (number | undefined)[] = Object.values(columns)
  return width <= places.length && places.every((place, i) => place === (i < width ? i : undefined))
}
