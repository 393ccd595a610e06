import type { SalesRow } from '../../shared/sales-at-risk.ts'
import type { SalesRange } from '../../shared/sales-range.ts'
import { formatCount } from './output.ts'

export const revenueSources: Readonly<Record<NonNullable<SalesRow['basis']>, string>> = {
  hour: 'orders of the hour',
  'day-type': 'orders of such days',
  store: 'orders of the store',
  given: 'what is said of it',
  group: 'orders of others',
  average: '--average',
}

export function formatRange({ low, high }: SalesRange, currency: string | null): string {
  const amounts = low === high ? formatMoney(low) : `${formatMoney(low)} to ${formatMoney(high)}`
  return currency === null ? amounts : `${currency} ${amounts}`
}

export function formatMoney(amount: number): string {
  return amount < 1000 ? String(amount) : formatCount(amount)
}

type Amounts = Pick<SalesRow, 'currency' | keyof SalesRange>

export function rangeInWords(row: Amounts): string {
  const range = rangeOf(row)
  return range === null ? 'not known' : formatRange(range, row.currency)
}

/** null where it is not known. */
export function rangeOf({ low, middle, high }: Omit<Amounts, 'currency'>): SalesRange | null {
  return low === null || middle === null || high === null ? null : { low, middle, high }
}
