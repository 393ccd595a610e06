import type { Changed } from '../../database/changed.ts'
import { addCorrections } from '../../database/corrections.ts'
import { setOrders } from '../../database/orders.ts'
import { changeRules } from '../../database/schedules.ts'
import { setStoreDetails } from '../../database/store-details.ts'
import { setRevenue } from '../../database/store-revenue.ts'
import type { LatestPolls } from '../../database/tail/latest-polls.ts'
import type { WriteTx } from '../../database/write-alone.ts'
import type { Header } from '../csv/header.ts'
import { sha256Of, type OpenFile } from '../csv/open-file.ts'
import { createBusinessHoursRows } from '../rows/business-hours-rows.ts'
import { createCorrectionRows } from '../rows/correction-rows.ts'
import { mapNonEmpty } from '../rows/non-empty.ts'
import { createOrderRows } from '../rows/order-rows.ts'
import type { PollReader } from '../rows/poll-reader.ts'
import { createPollRows, type StorePolls } from '../rows/poll-rows.ts'
import { readRows, type HashedRows, type ReadOptions } from '../rows/read-rows.ts'
import { createRevenueRows } from '../rows/revenue-rows.ts'
import type { RowCollector } from '../rows/row-collector.ts'
import type { RulesOfStores } from '../rows/rule-rows.ts'
import { createSpecialHoursRows } from '../rows/special-hours-rows.ts'
import { createStoreDetailsRows } from '../rows/store-details-rows.ts'
import { createTimezoneRows } from '../rows/timezone-rows.ts'
import type { FoundFile } from './find-files.ts'
import { mergePolls } from './merge-polls.ts'

/** Makes a change, and returns what changed. */
export type Change = (tx: WriteTx) => Promise<Changed>

/** Reads a file, or waits until `reader` has: what it changes. */
export async function readChanges(
  { file, header }: FoundFile,
  reader: PollReader | undefined,
  options: ReadOptions & { readonly takenInAt: number; readonly latest: LatestPolls },
): Promise<HashedRows<Change>> {
  const addPolls = (tx: WriteTx, polls: StorePolls) => mergePolls(tx, polls, options.latest)
  if (reader !== undefined) {
    return changesOf(await reader.read((progress) => options.onProgress?.(progress)), addPolls)
  }
  const read = <Data>(rows: RowCollector<Data>) => readHashed(file, header, rows, options)
  switch (header.kind) {
    case 'polls':
      return changesOf(await read(createPollRows(header, options.takenInAt)), addPolls)
    case 'business-hours':
      return changesOf(await read(createBusinessHoursRows(header)), changeRulesOf)
    case 'timezones':
      return changesOf(await read(createTimezoneRows(header)), changeRulesOf)
    case 'special-hours':
      return changesOf(await read(createSpecialHoursRows(header)), changeRulesOf)
    case 'corrections':
      return changesOf(await read(createCorrectionRows(header)), (tx, corrections) =>
        // A file that is imported each night does not undo what was revoked since.
        addCorrections(tx, corrections, { createdAt: options.takenInAt, revoked: 'leave' }),
      )
    case 'store-details':
      return changesOf(await read(createStoreDetailsRows(header)), setStoreDetails)
    case 'orders':
      return changesOf(await read(createOrderRows(header, options.takenInAt)), setOrders)
    case 'revenue':
      return changesOf(await read(createRevenueRows(header)), setRevenue)
  }
}

function changeRulesOf(tx: WriteTx, { changes, stores }: RulesOfStores): Promise<Changed> {
  return changeRules(tx, changes, stores)
}

async function readHashed<Data>(
  file: OpenFile,
  header: Header,
  rows: RowCollector<Data>,
  options: ReadOptions,
): Promise<HashedRows<Data>> {
  await using parts = new AsyncDisposableStack()
  const read = parts.use(await readRows(file, header, rows, options))
  const sha256 = await sha256Of(file, options.signal)
  const owned = parts.move()
  return { ...read, sha256: () => Promise.resolve(sha256), [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

function changesOf<Data>(
  read: HashedRows<Data>,
  change: (tx: WriteTx, data: Data) => Promise<Changed>,
): HashedRows<Change> {
  const steps = mapNonEmpty(read.steps, ({ rows, prepare }) => ({
    rows,
    async prepare(): Promise<Change> {
      const data = await prepare()
      return (tx) => change(tx, data)
    },
  }))
  return { ...read, steps }
}
