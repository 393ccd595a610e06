import { setBusinessHours } from '../database/business-hours.ts'
import type { Db } from '../database/connect.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { WeeklySpan } from '../../shared/store.ts'
import type { Header } from './header.ts'
import { findStoreId, quoted, storeIdProblem, versionProblem, type RowCollector } from './row-collector.ts'

const timeOfDay = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/
const midnightAsEnd = /^24:00(?::00)?$/

/** Collects the rows of a file of business hours. A store's rows in it become its whole rule. */
export function createBusinessHoursRows({ columns }: Pick<Header, 'columns'>): RowCollector {
  const [storeColumn, dayColumn, startColumn, endColumn, validFromColumn] = columns as [
    number,
    number,
    number,
    number,
    number,
  ]
  const rules = new Map<StoreId, WeeklySpan[]>()
  const knownSpans = new Map<string, WeeklySpan>()
  let size = 0

  /** Equal spans share one object: a file of millions of rows has few different ones. */
  function spanOf(day: string, start: string, end: string): WeeklySpan {
    const name = `${day} ${start} ${end}`
    let span = knownSpans.get(name)
    if (span === undefined) {
      span = { day: Number(day), start: withSeconds(start), end: withSeconds(end) }
      knownSpans.set(name, span)
    }
    return span
  }

  async function change(transaction: Db): Promise<number> {
    const changed = await setBusinessHours(transaction, rules)
    return changed.reduce((sum, storeId) => sum + rules.get(storeId)!.length, 0)
  }

  return {
    take(fields) {
      const storeId = findStoreId(fields[storeColumn]!)
      const day = fields[dayColumn]!
      const start = fields[startColumn]!
      const end = fields[endColumn]!
      if (storeId === undefined) return storeIdProblem(fields[storeColumn]!)
      if (!/^[0-6]$/.test(day)) return `day ${quoted(day)} is not 0 to 6 (0 is Monday)`
      if (!timeOfDay.test(start)) {
        return `start_time_local ${quoted(start)} is not a local time (HH:MM or HH:MM:SS, 00:00 to 23:59:59)`
      }
      if (!timeOfDay.test(end) && !midnightAsEnd.test(end)) {
        return `end_time_local ${quoted(end)} is not a local time (HH:MM or HH:MM:SS, 00:00 to 24:00)`
      }
      const validFrom = fields[validFromColumn] ?? ''
      if (validFrom !== '') return versionProblem(validFrom)

      let spans = rules.get(storeId)
      if (spans === undefined) rules.set(storeId, (spans = []))
      spans.push(spanOf(day, start, end))
      size++
      return undefined
    },
    size: () => size,
    // In one step, as a store's rows belong together.
    steps: () => [{ rows: size, prepare: () => change }],
  }
}

function withSeconds(time: string): string {
  return time.length === 5 ? `${time}:00` : time
}
