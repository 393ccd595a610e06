import { AppError } from '../../../shared/app-error.ts'
import type { StoreId } from '../../../shared/ids.ts'
import { storeIdPattern } from '../../../shared/store-id-pattern.ts'
import { formatTimestamp, parseTimestamp, timestampForms } from '../../../shared/timestamp.ts'
import type { OrdersOfStores, StoreOrders } from '../../database/orders.ts'
import { HOURS_OF_WEEK, unknownOrders, type OrderWeek } from '../../uptime/sales/order-week.ts'
import type { HeaderOf } from '../csv/header.ts'
import { parseAmount, parseCurrency } from './amount.ts'
import { latestObservationMs } from './observation.ts'
import { createOrderSums, partsOf, type OrderSums } from './order-sums.ts'
import { quoted, storeIdProblem, type RowCollector } from './row-collector.ts'

const HOUR_MS = 3_600_000
/** What a file says of its stores is of all hours from its first to its last: one that is wrong would make them many. */
const MOST_DAYS = 400

interface Collected {
  readonly storeId: StoreId
  readonly number: number
  rows: number
  currency: string | undefined
}

/** Collects the rows of a file of orders, which is taken in at `takenInAt`, as sums by store and hour. */
export function createOrderRows(header: HeaderOf<'orders'>, takenInAt: number): RowCollector<OrdersOfStores> {
  const { store_id, ordered_at_utc, amount, currency } = header.columns
  const stores = new Map<string, Collected>()
  const sums = createOrderSums()
  let size = 0
  let firstHour = Infinity
  let lastHour = -Infinity

  function storeOf(id: string): Collected {
    const known = stores.get(id)
    if (known !== undefined) return known
    const store = { storeId: id as StoreId, number: stores.size, rows: 0, currency: undefined }
    stores.set(id, store)
    return store
  }

  return {
    take(fields) {
      const id = fields[store_id]!.trim()
      if (!storeIdPattern.test(id)) return storeIdProblem(id)
      const atMs = orderedAt(fields[ordered_at_utc]!.trim(), takenInAt)
      if (typeof atMs === 'string') return atMs
      const hundredths = parseAmount('amount', fields[amount]!.trim(), header.separator)
      if (typeof hundredths === 'string') return hundredths
      const said = parseCurrency(currency === undefined ? '' : fields[currency]!.trim())
      if (typeof said === 'string') return said
      const store = storeOf(id)
      if (said.currency !== undefined && said.currency !== (store.currency ?? said.currency)) {
        return `currency ${said.currency} is not ${store.currency}, which the store's orders before it have: a store has one`
      }
      store.currency ??= said.currency
      const hour = Math.floor(atMs / HOUR_MS)
      sums.add(store.number, hour, hundredths)
      store.rows++
      size++
      firstHour = Math.min(firstHour, hour)
      lastHour = Math.max(lastHour, hour)
      return undefined
    },
    size: () => size,
    storeCount: () => stores.size,
    steps() {
      if (lastHour - firstHour > MOST_DAYS * 24) throw tooLong(firstHour, lastHour)
      const hours = { firstHour, lastHour }
      return [
        {
          rows: size,
          prepare: () => ({ ...hours, stores: ordersByStore([...stores.values()], sums, hours) }),
        },
      ]
    },
  }
}

function orderedAt(text: string, takenInAt: number): number | string {
  const atMs = parseTimestamp(text)
  if (Number.isNaN(atMs)) return `ordered_at_utc ${quoted(text)} is not an instant: write ${timestampForms}`
  if (atMs > latestObservationMs(takenInAt)) {
    return `ordered_at_utc ${quoted(text)} is more than 24 hours after now (${formatTimestamp(takenInAt)}): is its year right?`
  }
  return atMs < 0 ? `ordered_at_utc ${quoted(text)} is before 1970: is its year right?` : atMs
}

function tooLong(firstHour: number, lastHour: number): AppError {
  const [first, last] = [firstHour, lastHour].map((hour) => formatTimestamp(hour * HOUR_MS))
  return new AppError(
    'invalid',
    `the file has orders of ${first} and of ${last}, more than ${MOST_DAYS} days: leave out those whose year is wrong, or import it in several`,
  )
}

/** One store at a time, as all of them with all of their hours would take much memory. */
function* ordersByStore(
  collected: Collected[],
  sums: OrderSums,
  hours: Pick<OrdersOfStores, 'firstHour' | 'lastHour'>,
): Generator<StoreOrders> {
  const inOrder = collected.sort((a, b) => (a.storeId < b.storeId ? -1 : 1))
  const placeOf = new Uint32Array(inOrder.length)
  inOrder.forEach(({ number }, place) => (placeOf[number] = place))
  const keys = sums.sortedKeys((store) => placeOf[store]!)
  let next = 0
  for (const [place, { storeId, number, rows, currency }] of inOrder.entries()) {
    const weeks = weeksWithoutOrders(hours)
    for (; next < keys.length; next++) {
      const { place: ofKey, hour } = partsOf(keys[next]!)
      if (ofKey !== place) break
      const { count, hundredths } = sums.at(number, hour)
      const week = weeks.get(Math.floor(hour / HOURS_OF_WEEK))!
      week.counts[hour % HOURS_OF_WEEK] = count
      week.hundredths[hour % HOURS_OF_WEEK] = hundredths
    }
    yield { storeId, rows, currency, weeks }
  }
}

function weeksWithoutOrders({
  firstHour,
  lastHour,
}: Pick<OrdersOfStores, 'firstHour' | 'lastHour'>): Map<number, OrderWeek> {
  const weeks = new Map<number, OrderWeek>()
  const lastWeek = Math.floor(lastHour / HOURS_OF_WEEK)
  for (let week = Math.floor(firstHour / HOURS_OF_WEEK); week <= lastWeek; week++) {
    const orders = unknownOrders()
    const from = Math.max(0, firstHour - week * HOURS_OF_WEEK)
    orders.counts.fill(0, from, lastHour - week * HOURS_OF_WEEK + 1)
    weeks.set(week, orders)
  }
  return weeks
}
