import type { StoreId } from '../../../shared/ids.ts'
import { formatTimestamp, parseTimestamp, timestampForms } from '../../../shared/timestamp.ts'
import { pollWeekOf, pollWord } from '../../uptime/poll-week.ts'
import type { HeaderOf } from '../csv/header.ts'
import { mapNonEmpty } from './non-empty.ts'
import { createPollBatch, type PollWeeks } from './poll-batch.ts'
import { quoted, storeIdProblem, type RowCollector } from './row-collector.ts'
import { createScanner, hasPlainColumns } from './scanner/scanner.ts'

/** Weeks of polls with the ids of their stores, in ascending order. */
export interface StorePolls extends PollWeeks {
  readonly storeIds: readonly StoreId[]
}

/** How much later than the moment at which it is taken in a poll may be: clocks differ, years that are typed do more. */
const MOST_AHEAD_MS = 86_400_000

/** Collects the rows of a file of polls, which is taken in at `takenInAt`. */
export function createPollRows(header: HeaderOf<'polls'>, takenInAt: number): RowCollector<StorePolls> {
  const latestPollMs = takenInAt + MOST_AHEAD_MS
  const { store_id, status: statusColumn, timestamp_utc } = header.columns
  const { stores, groups, takePolls } = createScanner(undefined, latestPollMs)
  const batch = createPollBatch(groups)

  return {
    takeFirst: hasPlainColumns(header) ? (bytes) => takePolls(bytes, batch.append) : undefined,
    take(fields) {
      const status = fields[statusColumn]!
      const isActive = isActiveOf(status)
      if (isActive === undefined) {
        return `status ${quoted(status)} is neither active nor inactive`
      }
      const timestamp = fields[timestamp_utc]!.trim()
      const epochMs = parseTimestamp(timestamp)
      if (Number.isNaN(epochMs)) {
        return `timestamp_utc ${quoted(timestamp)} is not an instant: write ${timestampForms}`
      }
      if (epochMs > latestPollMs) {
        const taken = formatTimestamp(takenInAt)
        return `timestamp_utc ${quoted(timestamp)} is more than 24 hours after now (${taken}): is its year right?`
      }
      const storeId = fields[store_id]!.trim()
      const store = stores.numberOf(storeId)
      if (store < 0) return storeIdProblem(storeId)
      batch.add(groups.groupOf(store, pollWeekOf(epochMs)), pollWord(epochMs, isActive))
      return undefined
    },
    size: () => batch.size(),
    keepInMemory(rows) {
      if (batch.sizeInMemory() > rows) batch.setAside()
    },
    steps: (rowsPerStep) =>
      mapNonEmpty(batch.steps(stores.inOrder(), rowsPerStep), ({ rows, prepare }) => ({
        rows,
        prepare() {
          const weeks = prepare()
          return { ...weeks, storeIds: Array.from(weeks.stores, stores.idOf) }
        },
      })),
    [Symbol.dispose]: () => batch[Symbol.dispose](),
  }
}

const statuses: ReadonlyMap<string, boolean> = new Map([
  ...['active', 'online', 'up'].map((text) => [text, true] as const),
  ...['inactive', 'offline', 'down'].map((text) => [text, false] as const),
])

/** Undefined for what is no status. */
function isActiveOf(text: string): boolean | undefined {
  return statuses.get(text) ?? statuses.get(text.trim().toLowerCase())
}
