import type { StoreRule } from '../../database/stores.ts'
import { storeIdPattern } from '../../../shared/store-id-pattern.ts'
import type { WeeklySpan } from '../../../shared/store.ts'
import type { HeaderOf } from '../csv/header.ts'
import { addSizes, createPairList, putByGroup } from './pairs.ts'
import { quoted, storeIdProblem, versionProblem, type RowCollector } from './row-collector.ts'
import { createScanner, hasPlainColumns } from './scanner/scanner.ts'

const timeOfDay = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/
const midnightAsEnd = /^24:00(?::00)?$/

export interface HoursOfStores {
  /** The different rules of a file. */
  readonly rules: readonly (readonly WeeklySpan[])[]
  /** The place in `rules` of each store's. */
  readonly stores: readonly StoreRule<number>[]
}

/** Collects the rows of a file of business hours. A store's rows in it become its whole rule. */
export function createBusinessHoursRows(header: HeaderOf<'business-hours'>): RowCollector<HoursOfStores> {
  const { store_id, day, start_time_local, end_time_local, valid_from } = header.columns
  const spans = createSpans()
  const { stores, takeRules } = createScanner(spans.numberOfRest)
  /** A row is a store and the number of its span. */
  const rows = createPairList()

  /** The different lists of spans that stores have, and which one each store has, in ascending order of id. */
  function hoursOfStores(): HoursOfStores {
    const starts = new Uint32Array(stores.size() + 1)
    addSizes(rows.blocks(), starts.subarray(1))
    for (let store = 0; store < stores.size(); store++) starts[store + 1]! += starts[store]!
    const spansByStore = new Uint32Array(rows.count())
    putByGroup(rows.blocks(), starts.slice(), spansByStore)
    const rules: WeeklySpan[][] = []
    const numbers = new Map<string, number>()
    const ruleOfStores = stores.inOrder().map((store) => {
      // The same spans in another order are the same rule.
      const numbersOfSpans = spansByStore.subarray(starts[store], starts[store + 1]).sort()
      const name = numbersOfSpans.join()
      let rule = numbers.get(name)
      if (rule === undefined) {
        rule = rules.push(Array.from(numbersOfSpans, spans.get)) - 1
        numbers.set(name, rule)
      }
      return { storeId: stores.idOf(store), rule, rows: numbersOfSpans.length }
    })
    return { rules, stores: ruleOfStores }
  }

  return {
    takeFirst: hasPlainColumns(header) ? (bytes) => takeRules(bytes, rows.append) : undefined,
    take(fields) {
      const storeId = fields[store_id]!
      if (!storeIdPattern.test(storeId)) return storeIdProblem(storeId)
      const span = [fields[day]!, fields[start_time_local]!, fields[end_time_local]!] as const
      const problem = spanProblem(span)
      if (problem !== undefined) return problem
      if (valid_from !== undefined && fields[valid_from] !== '') return versionProblem(fields[valid_from]!)
      rows.add(stores.numberOf(storeId), spans.numberOf(span))
      return undefined
    },
    size: rows.count,
    // In one step, as a store's rows belong together.
    steps: () => [{ rows: rows.count(), prepare: hoursOfStores }],
  }
}

type SpanFields = readonly [day: string, start: string, end: string]

/** Equal spans share a number: a file of millions of rows has few different ones. */
function createSpans() {
  const spans: WeeklySpan[] = []
  const numbers = new Map<string, number>()

  function numberOf(fields: SpanFields): number {
    const [day, start, end] = fields
    const name = fields.join()
    let number = numbers.get(name)
    if (number === undefined) {
      number = spans.push({ day: Number(day), start: withSeconds(start), end: withSeconds(end) }) - 1
      numbers.set(name, number)
    }
    return number
  }

  return {
    numberOf,
    /** The number of the span that `day,start,end` says, or -1 where it is not right. */
    numberOfRest(rest: string): number {
      const fields = rest.split(',')
      if (fields.length !== 3) return -1
      const span = fields as unknown as SpanFields
      return spanProblem(span) === undefined ? numberOf(span) : -1
    },
    get: (number: number): WeeklySpan => spans[number]!,
  }
}

function spanProblem([day, start, end]: SpanFields): string | undefined {
  if (!/^[0-6]$/.test(day)) return `day ${quoted(day)} is not 0 to 6 (0 is Monday)`
  if (!timeOfDay.test(start)) {
    return `start_time_local ${quoted(start)} is not a local time (HH:MM or HH:MM:SS, 00:00 to 23:59:59)`
  }
  if (!timeOfDay.test(end) && !midnightAsEnd.test(end)) {
    return `end_time_local ${quoted(end)} is not a local time (HH:MM or HH:MM:SS, 00:00 to 24:00)`
  }
  return undefined
}

function withSeconds(time: string): string {
  return time.length === 5 ? `${time}:00` : time
}
