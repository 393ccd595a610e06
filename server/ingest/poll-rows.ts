import type { Db } from '../database/connect.ts'
import { mergePollWeeks } from '../database/poll-weeks.ts'
import { keysOfStores } from '../database/stores.ts'
import type { StoreId } from '../../shared/ids.ts'
import { parseTimestamp, timestampForms } from '../../shared/timestamp.ts'
import type { Header } from './header.ts'
import { createPlainPolls } from './plain-polls.ts'
import { createPollBatch, type StoreWeek } from './poll-batch.ts'
import { findStoreId, quoted, storeIdProblem, type RowCollector } from './row-collector.ts'

/** Collects the rows of a file of polls. */
export function createPollRows({ columns, width }: Pick<Header, 'columns' | 'width'>): RowCollector {
  const [storeColumn, statusColumn, timestampColumn] = columns as [number, number, number]
  const storeIds: StoreId[] = []
  const ordinals = new Map<string, number>()
  const batch = createPollBatch()

  /** A store's place in `storeIds`, or -1 for what is no store's id. */
  function ordinalOf(text: string): number {
    const known = ordinals.get(text)
    if (known !== undefined) return known
    const storeId = findStoreId(text)
    if (storeId === undefined) return -1
    ordinals.set(storeId, storeIds.length)
    return storeIds.push(storeId) - 1
  }

  /** The weeks with the keys of their stores, those of new stores given in ascending order of id. */
  async function mergeInto(transaction: Db, weeks: readonly StoreWeek[]): Promise<number> {
    const stores = [...new Set(weeks.map(({ store }) => store))]
    const keys = await keysOfStores(
      transaction,
      stores.map((store) => storeIds[store]!),
    )
    const keyOf = new Map(stores.map((store, i) => [store, keys[i]!]))
    const keyed = weeks.map(({ week, store, words }) => ({ week, storeKey: keyOf.get(store)!, words }))
    return mergePollWeeks(
      transaction,
      keyed.sort((a, b) => a.week - b.week || a.storeKey - b.storeKey),
    )
  }

  const hasPlainColumns = width === 3 && columns.every((column, i) => column === i)
  return {
    takeFirst: hasPlainColumns ? createPlainPolls({ ordinalOf, add: batch.add }) : undefined,
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
    keepInMemory(rows) {
      if (batch.sizeInMemory() > rows) batch.setAside()
    },
    steps(rowsPerStep) {
      const rank = ranks(storeIds)
      return batch
        .steps((store) => rank[store]!, rowsPerStep)
        .map(({ polls, read }) => ({
          rows: polls,
          prepare() {
            const weeks = read()
            return (transaction) => mergeInto(transaction, weeks)
          },
        }))
    },
    [Symbol.dispose]: () => batch[Symbol.dispose](),
  }
}

/** The place of each id in ascending order: ASCII, so that JavaScript's order is that of the bytes. */
function ranks(storeIds: readonly StoreId[]): Uint32Array {
  const sorted = Array.from(storeIds, (_, store) => store).sort((a, b) =>
    storeIds[a]! < storeIds[b]! ? -1 : 1,
  )
  const rank = new Uint32Array(storeIds.length)
  for (const [place, store] of sorted.entries()) rank[store] = place
  return rank
}

function isStatus(text: string, status: string): boolean {
  return text === status || text.trim().toLowerCase() === status
}
