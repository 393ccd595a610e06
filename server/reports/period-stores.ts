import type {
  PeriodStore,
  PeriodStores,
  PeriodStoreSort,
  PeriodStoresQuery,
} from '../../shared/period-group.ts'
import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import { uptimePercent } from '../../shared/report-columns.ts'
import type { Db } from '../database/connect.ts'
import { readStoreIds } from '../database/store-ids.ts'
import { namesOfPeriods } from './asked-time.ts'
import type { PeriodReport } from './period-groups.ts'
import { packedPeriodsByPart } from './period-rows.ts'
import { addTallies, figuresOf, MEASURES, storeKeyOf, talliesOf, tallyAt } from './period-totals.ts'
import { containsText } from './rows.ts'

/** Percentages of stores and periods that an answer has at most. */
const MOST_PERCENTS = 400_000

type Summed = Omit<PeriodStore, 'storeId' | 'percents'> & {
  readonly storeKey: number
  readonly tallies: Uint32Array
}

/** The first stores of a complete report by period in some order, without keeping more than these. */
export async function firstPeriodStores(
  db: Db,
  { reportKey, periods }: PeriodReport,
  { storeId, sortBy, limit }: Omit<PeriodStoresQuery, 'reportId'>,
): Promise<Omit<PeriodStores, 'reportId'>> {
  const names = namesOfPeriods(periods)
  const most = Math.floor(MOST_PERCENTS / names.length)
  if (limit > most) {
    throw new AppError('invalid', `limit ${limit} is too much for ${names.length} periods: at most ${most}`)
  }
  let stores = 0
  let first: Summed[] = []
  for await (const { totals, storeCount } of packedPeriodsByPart(db, reportKey, names.length)) {
    const storeKeys = Array.from({ length: storeCount }, (_, i) => storeKeyOf(totals, i, names.length))
    const idOf = storeId === undefined ? undefined : await readStoreIds(db, storeKeys)
    const ofPart: Summed[] = []
    for (const [store, storeKey] of storeKeys.entries()) {
      if (idOf !== undefined && !containsText(idOf.get(storeKey)!, storeId!)) continue
      stores++
      ofPart.push(summed(storeKey, talliesOf(totals, store, names.length)))
    }
    // Stores come in the order of their ids, in which those that are equal stay.
    first = [...first, ...ofPart].sort(orders[sortBy]).slice(0, limit)
  }
  const idOf = await readStoreIds(
    db,
    first.map(({ storeKey }) => storeKey),
  )
  return { periods: [...names], stores, items: first.map((store) => itemOf(store, idOf)) }
}

function summed(storeKey: number, tallies: Uint32Array): Summed {
  const sums = new Float64Array(MEASURES)
  for (let at = 0; at < tallies.length; at += MEASURES) {
    addTallies(sums, tallies.subarray(at, at + MEASURES))
  }
  return { storeKey, tallies, ...figuresOf(tallyAt(sums, 0)) }
}

const orders: Readonly<Record<PeriodStoreSort, (a: Summed, b: Summed) => number>> = {
  store: () => 0,
  uptime: ({ uptimePercent: a }, { uptimePercent: b }) =>
    a === null || b === null ? Number(a === null) - Number(b === null) : a - b,
  downtime: (a, b) => b.downtimeMs - a.downtimeMs,
  unknown: (a, b) => b.unknownMs - a.unknownMs,
  excused: (a, b) => b.excusedMs - a.excusedMs,
}

function itemOf({ storeKey, tallies, ...sums }: Summed, idOf: ReadonlyMap<number, StoreId>): PeriodStore {
  const percents = Array.from({ length: tallies.length / MEASURES }, (_, period) =>
    uptimePercent(tallies[period * MEASURES]!, tallies[period * MEASURES + 1]!),
  )
  return { storeId: idOf.get(storeKey)!, ...sums, percents }
}
