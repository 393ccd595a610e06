import { mergePollWeeks, type StorePollWeek } from '../database/poll-weeks.ts'
import { keysOfStores } from '../database/stores.ts'
import type { StoreId } from '../../shared/ids.ts'
import { parseTimestamp, timestampForms } from '../../shared/timestamp.ts'
import type { Header } from './header.ts'
import { createPlainPolls } from './plain-polls.ts'
import { createPollBatch } from './poll-batch.ts'
import { findStoreId, quoted, storeIdProblem, type RowCollector } from './row-collector.ts'

/** Collects the rows of a file of polls. */
export function createPollRows({ columns, width }: Pick<Header, 'columns' | 'width'>): RowCollector {
  const [storeColumn, statusColumn, timestampColumn] = columns as [number, number, number]
  let storeIds: StoreId[] = []
  let ordinals = new Map<string, number>()
  let batch = createPollBatch()
  let takePlain = plainPolls()

  /** A store's place in `storeIds`, or -1 for what is no store's id. */
  function ordinalOf(text: string): number {
    const known = ordinals.get(text)
    if (known !== undefined) return known
    const storeId = findStoreId(text)
    if (storeId === undefined) return -1
    ordinals.set(storeId, storeIds.length)
    return storeIds.push(storeId) - 1
  }

  function plainPolls() {
    return createPlainPolls({ ordinalOf, add: batch.add })
  }

  const hasPlainColumns = width === 3 && columns.every((column, i) => column === i)
  return {
    takeFirst: hasPlainColumns ? (bytes) => takePlain(bytes) : undefined,
    take(fields) {
      const status = fields[statusColumn]!
      const isActive = status === 'active' || (status !== 'inactive' && isStatus(status, 'active'))
      if (!isActive && !isStatus(status, 'inactive')) {
        return `status ${quoted(status)} is neither active nor inactive`
      }
      const epochMs = parseTimestamp(fields[timestampColumn]!)
      if (Number.isNaN(epochMs)) {
        return `timestamp_utc ${quoted(fields[timestampColumn]!)} is not an instant: write ${timestampForms}`
      }
      const ordinal = ordinalOf(fields[storeColumn]!)
      if (ordinal < 0) return storeIdProblem(fields[storeColumn]!)
      batch.add(ordinal, epochMs, isActive)
      return undefined
    },
    size: () => batch.size(),
    drain() {
      const ids = storeIds
      const weeks = batch.weeks()
      storeIds = []
      ordinals = new Map()
      batch = createPollBatch()
      takePlain = plainPolls()
      return async (transaction) => {
        const keys = await keysOfStores(transaction, ids)
        const keyed = weeks.map(({ week, ordinal, words }): StorePollWeek => ({
          week,
          storeKey: keys[ordinal]!,
          words,
        }))
        keyed.sort((a, b) => a.week - b.week || a.storeKey - b.storeKey)
        return mergePollWeeks(transaction, keyed)
      }
    },
  }
}

function isStatus(text: string, status: string): boolean {
  return text === status || text.trim().toLowerCase() === status
}
