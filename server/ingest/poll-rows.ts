import type { StoreId } from '../../shared/ids.ts'
import { parseTimestamp, timestampForms } from '../../shared/timestamp.ts'
import { pollWeekOf, pollWord } from '../uptime/poll-week.ts'
import type { Header } from './header.ts'
import { createPollBatch, type PollWeeks } from './poll-batch.ts'
import { quoted, storeIdProblem, type RowCollector } from './row-collector.ts'
import { createScanner, hasPlainColumns } from './scanner/scanner.ts'

/** Weeks of polls with the ids of their stores, in ascending order. */
export interface StorePolls extends PollWeeks {
  readonly storeIds: readonly StoreId[]
}

/** Collects the rows of a file of polls. */
export function createPollRows(header: Pick<Header, 'columns' | 'width'>): RowCollector<StorePolls> {
  const [storeColumn, statusColumn, timestampColumn] = header.columns as [number, number, number]
  const { stores, groups, takePolls } = createScanner()
  const batch = createPollBatch(groups)

  return {
    takeFirst: hasPlainColumns(header) ? (bytes) => takePolls(bytes, batch.append) : undefined,
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
      batch.add(groups.groupOf(store, pollWeekOf(epochMs)), pollWord(epochMs, isActive))
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
          return { ...weeks, storeIds: Array.from(weeks.stores, stores.idOf) }
        },
      })),
    [Symbol.dispose]: () => batch[Symbol.dispose](),
  }
}

function isStatus(text: string, status: string): boolean {
  return text === status || text.trim().toLowerCase() === status
}
