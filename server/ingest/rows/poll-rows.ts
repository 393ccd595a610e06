import type { StoreId } from '../../../shared/ids.ts'
import { pollWeekOf, pollWord } from '../../uptime/poll-week.ts'
import type { HeaderOf } from '../csv/header.ts'
import { mapNonEmpty } from './non-empty.ts'
import { latestObservationMs, readObservation } from './observation.ts'
import { createPollBatch, type PollWeeks } from './poll-batch.ts'
import { storeIdProblem, type RowCollector } from './row-collector.ts'
import { placesInOrder } from './scanner/ids-in-order.ts'
import { createScanner, hasPlainColumns } from './scanner/scanner.ts'

/** Weeks of polls with the ids of their stores, in ascending order. */
export interface StorePolls extends PollWeeks {
  readonly storeIds: readonly StoreId[]
}

/** Collects the rows of a file of polls, which is taken in at `takenInAt`. */
export function createPollRows(header: HeaderOf<'polls'>, takenInAt: number): RowCollector<StorePolls> {
  const { store_id, status: statusColumn, timestamp_utc } = header.columns
  const scanner = createScanner(undefined, latestObservationMs(takenInAt))
  const { stores, groups, takePolls } = scanner
  const batch = createPollBatch(groups)

  return {
    takeFirst: hasPlainColumns(header) ? (bytes) => takePolls(bytes, batch.append) : undefined,
    take(fields) {
      const observed = readObservation(fields[statusColumn]!, fields[timestamp_utc]!.trim(), takenInAt)
      if (typeof observed === 'string') return observed
      const { epochMs, isActive } = observed
      const storeId = fields[store_id]!.trim()
      const store = stores.numberOf(storeId)
      if (store < 0) return storeIdProblem(storeId)
      batch.add(groups.groupOf(store, pollWeekOf(epochMs)), pollWord(epochMs, isActive))
      return undefined
    },
    size: () => batch.size(),
    storeCount: stores.size,
    keepInMemory(rows) {
      if (batch.sizeInMemory() > rows) batch.setAside()
    },
    steps(rowsPerStep) {
      const ids = stores.ids()
      const steps = batch.steps(placesInOrder(ids), rowsPerStep)
      // Of many steps they would take too much memory.
      const idOf = steps.length > 1 ? stores.idOf : placeIn(ids)
      return mapNonEmpty(steps, ({ rows, prepare }) => ({
        rows,
        prepare() {
          const weeks = prepare()
          return { ...weeks, storeIds: Array.from(weeks.stores, idOf) }
        },
      }))
    },
    [Symbol.dispose]() {
      batch[Symbol.dispose]()
      scanner[Symbol.dispose]()
    },
  }
}

/** Only what it returns keeps the ids. */
function placeIn(ids: readonly StoreId[]): (store: number) => StoreId {
  return (store) => ids[store]!
}
