import type { Db } from '../database/connect.ts'
import { mergePollWeeks } from '../database/poll-weeks.ts'
import { keysOfStores } from '../database/stores.ts'
import { parseTimestamp, timestampForms } from '../../shared/timestamp.ts'
import { pollWeekOf, pollWord } from '../uptime/poll-week.ts'
import { hasPlainColumns, type Header } from './header.ts'
import { createPlainPolls } from './plain-polls.ts'
import { createPollBatch, type StoreWeek } from './poll-batch.ts'
import { quoted, storeIdProblem, type RowCollector } from './row-collector.ts'
import { createStoreIds } from './store-ids.ts'

/** Collects the rows of a file of polls. */
export function createPollRows(header: Pick<Header, 'columns' | 'width'>): RowCollector {
  const [storeColumn, statusColumn, timestampColumn] = header.columns as [number, number, number]
  const stores = createStoreIds()
  const batch = createPollBatch()

  async function mergeInto(transaction: Db, weeks: readonly StoreWeek[]): Promise<number> {
    const inOrder = [...new Set(weeks.map(({ store }) => store))]
    const keys = await keysOfStores(transaction, inOrder.map(stores.idOf))
    const keyOf = new Map(inOrder.map((store, i) => [store, keys[i]!]))
    const keyed = weeks.map(({ week, store, words }) => ({ week, storeKey: keyOf.get(store)!, words }))
    return mergePollWeeks(
      transaction,
      keyed.sort((a, b) => a.week - b.week || a.storeKey - b.storeKey),
    )
  }

  return {
    takeFirst: hasPlainColumns(header) ? createPlainPolls(stores, batch.add) : undefined,
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
      const store = stores.numberOf(fields[storeColumn]!)
      if (store < 0) return storeIdProblem(fields[storeColumn]!)
      batch.add(store, pollWeekOf(epochMs), pollWord(epochMs, isActive))
      return undefined
    },
    size: () => batch.size(),
    keepInMemory(rows) {
      if (batch.sizeInMemory() > rows) batch.setAside()
    },
    steps: (rowsPerStep) =>
      batch.steps(stores.inOrder(), rowsPerStep).map(({ polls, read }) => ({
        rows: polls,
        prepare() {
          const weeks = read()
          return (transaction) => mergeInto(transaction, weeks)
        },
      })),
    [Symbol.dispose]: () => batch[Symbol.dispose](),
  }
}

function isStatus(text: string, status: string): boolean {
  return text === status || text.trim().toLowerCase() === status
}
