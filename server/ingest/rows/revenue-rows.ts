import type { StoreId } from '../../../shared/ids.ts'
import { storeIdPattern } from '../../../shared/store-id-pattern.ts'
import type { NewRevenue } from '../../database/store-revenue.ts'
import { HOURS_OF_WEEK } from '../../uptime/sales/order-week.ts'
import type { HeaderOf } from '../csv/header.ts'
import { parseAmount, parseCurrency } from './amount.ts'
import { quoted, storeIdProblem, type RowCollector } from './row-collector.ts'

interface Said {
  rows: number
  currency: string | undefined
  average: number | null
  readonly byHour: Map<number, number>
}

/** Collects the rows of a file of what stores take in an hour. Of an hour, and of a store's average, the last row counts. */
export function createRevenueRows(header: HeaderOf<'revenue'>): RowCollector<NewRevenue[]> {
  const { store_id, revenue_per_hour, day, hour, currency } = header.columns
  const stores = new Map<string, Said>()
  let size = 0

  return {
    take(fields) {
      const textAt = (place: number | undefined) => (place === undefined ? '' : fields[place]!.trim())
      const id = textAt(store_id)
      if (!storeIdPattern.test(id)) return storeIdProblem(id)
      const hundredths = parseAmount('revenue_per_hour', textAt(revenue_per_hour), header.separator)
      if (typeof hundredths === 'string') return hundredths
      if (hundredths < 0) return `revenue_per_hour ${quoted(textAt(revenue_per_hour))} is less than nothing`
      const place = hourOfWeek(textAt(day), textAt(hour))
      if (typeof place === 'string') return place
      const said = parseCurrency(textAt(currency))
      if (typeof said === 'string') return said
      const store = stores.get(id) ?? { rows: 0, currency: undefined, average: null, byHour: new Map() }
      stores.set(id, store)
      if (place === null) store.average = hundredths
      else store.byHour.set(place, hundredths)
      store.currency = said.currency ?? store.currency
      store.rows++
      size++
      return undefined
    },
    size: () => size,
    storeCount: () => stores.size,
    steps: () => [{ rows: size, prepare: () => revenueOf(stores) }],
  }
}

/** null for all of them; or why it is none. */
function hourOfWeek(day: string, hour: string): number | null | string {
  if (day === '' && hour === '') return null
  if (!/^[0-6]$/.test(day))
    return `day ${quoted(day)} is none: write 0 (Monday) to 6 (Sunday), or neither day nor hour`
  if (!/^(?:[01]?\d|2[0-3])$/.test(hour))
    return `hour ${quoted(hour)} is none: write 0 to 23, or neither day nor hour`
  return Number(day) * 24 + Number(hour)
}

function revenueOf(stores: ReadonlyMap<string, Said>): NewRevenue[] {
  return Array.from(stores, ([id, { rows, currency, average, byHour }]) => ({
    storeId: id as StoreId,
    rows,
    currency,
    given:
      byHour.size === 0
        ? [average]
        : Array.from({ length: HOURS_OF_WEEK }, (_, hour) => byHour.get(hour) ?? average),
  })).sort((a, b) => (a.storeId < b.storeId ? -1 : 1))
}
