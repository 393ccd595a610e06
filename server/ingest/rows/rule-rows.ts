import type { RuleChange } from '../../database/schedules.ts'
import type { StoreRule } from '../../database/store-schedules.ts'
import { storeIdPattern } from '../../../shared/store-id-pattern.ts'
import { parseTimestamp, timestampForms } from '../../../shared/timestamp.ts'
import type { Header } from '../csv/header.ts'
import { addSizes, createPairList, putByGroup } from './pairs.ts'
import { quoted, storeIdProblem, type RowCollector } from './row-collector.ts'
import { createScanner, hasPlainColumns } from './scanner/scanner.ts'

const NONE = -1

export interface RulesOfStores {
  /** The different changes of a file. */
  readonly changes: readonly RuleChange[]
  /** The place in `changes` of each store's. */
  readonly stores: readonly StoreRule<number>[]
}

/** How rows of a kind of rules are read. */
export interface RuleReading<Entry> {
  /** What a row says behind its store, or why it cannot be taken. Equal entries are equal as JSON. */
  parse(fields: readonly string[]): Entry | string
  /** Those of a store that count, of its entries in the order of the file; left out, all do. */
  readonly inForce?: (entries: readonly Entry[]) => readonly Entry[]
  /** What entries of a store change. */
  change(entries: readonly Entry[]): RuleChange
}

/** Collects the rows of a file of rules, `places` being those of the columns behind the store's, in their usual order. */
export function createRuleRows<Entry extends object>(
  header: Header,
  places: readonly (number | undefined)[],
  { parse, inForce, change }: RuleReading<Entry>,
): RowCollector<RulesOfStores> {
  const entries = createEntries(parse)
  const { stores, takeRules } = createScanner((rest) => {
    const fields = rest.split(',')
    const read = fields.length === header.width - 1 ? entries.read(fields) : undefined
    return typeof read === 'number' ? read : NONE
  })
  /** A row is a store and the number of its entry. */
  const rows = createPairList()

  /** The numbers of a store's entries that count. */
  function numbersInForce(numbers: Uint32Array): Uint32Array {
    if (inForce === undefined || numbers.length === 1) return numbers
    return Uint32Array.from(inForce(Array.from(numbers, entries.get)), entries.numberOf)
  }

  /** The different changes, and which one each store has, in ascending order of id. */
  function rulesOfStores(): RulesOfStores {
    const starts = new Uint32Array(stores.size() + 1)
    addSizes(rows.blocks(), starts.subarray(1))
    for (let store = 0; store < stores.size(); store++) starts[store + 1]! += starts[store]!
    const byStore = new Uint32Array(rows.count())
    putByGroup(rows.blocks(), starts.slice(), byStore)
    const changes: RuleChange[] = []
    const combinations = createCombinations(entries.size())
    const ruleOfCombinations: number[] = []
    const ruleOfStores = stores.inOrder().map((store) => {
      // The same entries in another order are the same rule.
      const numbers = ascending(numbersInForce(byStore.subarray(starts[store], starts[store + 1])))
      const combination = combinations.numberOf(numbers)
      const rule = (ruleOfCombinations[combination] ??=
        changes.push(change([...new Set(numbers)].map(entries.get))) - 1)
      return { storeId: stores.idOf(store), rule, rows: numbers.length }
    })
    return { changes, stores: ruleOfStores }
  }

  return {
    takeFirst: hasPlainColumns(header) ? (bytes) => takeRules(bytes, rows.append) : undefined,
    take(fields) {
      const storeId = fields[header.columns.store_id]!.trim()
      if (!storeIdPattern.test(storeId)) return storeIdProblem(storeId)
      const rest = places.map((place) => (place === undefined ? '' : fields[place]!))
      const number = entries.read(rest)
      if (typeof number === 'string') return number
      rows.add(stores.numberOf(storeId), number)
      return undefined
    },
    size: rows.count,
    storeCount: stores.size,
    // In one step, as a store's rows belong together.
    steps: () => [{ rows: rows.count(), prepare: rulesOfStores }],
  }
}

function ascending(numbers: Uint32Array): Uint32Array {
  for (let i = 1; i < numbers.length; i++) if (numbers[i - 1]! > numbers[i]!) return numbers.sort()
  return numbers
}

/** Numbers lists of numbers below `limit`, equal lists alike: without a text of each, which would take as long as all else. */
function createCombinations(limit: number) {
  const longer = new Map<number, number>()
  return {
    numberOf(numbers: Uint32Array): number {
      let number = 0
      for (const last of numbers) {
        const key = number * limit + last
        let next = longer.get(key)
        if (next === undefined) longer.set(key, (next = longer.size + 1))
        number = next
      }
      return number
    },
  }
}

/** How many texts of rows are kept, so that a hostile file does not fill the memory with what is not right. */
const MOST_TEXTS = 100_000

/** Equal entries share a number, counted from 0: a file of millions of rows has few different ones. */
function createEntries<Entry extends object>(parse: (fields: readonly string[]) => Entry | string) {
  const entries: Entry[] = []
  const numbers = new Map<string, number>()
  const parsed = new Map<string, number | string>()

  function numberOf(entry: Entry): number {
    const name = JSON.stringify(entry)
    let number = numbers.get(name)
    if (number === undefined) {
      number = entries.push(entry) - 1
      numbers.set(name, number)
    }
    return number
  }

  return {
    /** The number of what a row says, or why it cannot be taken. */
    read(fields: readonly string[]): number | string {
      // No two rows of which one is right have the same text, as what is right has no commas in it.
      const text = fields.join()
      let read = parsed.get(text)
      if (read === undefined) {
        const entry = parse(fields.map((field) => field.trim()))
        read = typeof entry === 'string' ? entry : numberOf(entry)
        if (parsed.size >= MOST_TEXTS) parsed.clear()
        parsed.set(text, read)
      }
      return read
    },
    numberOf,
    size: () => entries.length,
    get: (number: number): Entry => entries[number]!,
  }
}

/** Since when a version holds: null for no text. Or why that is not right. */
export function parseValidFrom(text: string): number | null | string {
  if (text === '') return null
  const validFrom = parseTimestamp(text)
  return Number.isNaN(validFrom)
    ? `valid_from ${quoted(text)} is not an instant: write ${timestampForms}, or nothing`
    : validFrom
}
