import type { SalesRow } from '../../../shared/sales-at-risk.ts'
import { money } from '../format.ts'

type Amounts = Pick<SalesRow, 'currency' | 'low' | 'middle' | 'high'>

/** What was lost, as a range. */
export function salesInWords({ currency, low, high }: Amounts): string {
  if (low === null || high === null) return 'not known'
  const amounts = low === high ? money(low) : `${money(low)} to ${money(high)}`
  return currency === null ? amounts : `${currency} ${amounts}`
}

const sources: Readonly<Record<NonNullable<SalesRow['basis']>, string>> = {
  hour: 'orders of such hours',
  'day-type': 'orders of such days',
  store: 'orders of the store',
  given: 'what is said of it',
  group: 'orders of others',
  average: 'an average',
}

/** What that is computed with. */
export function sourceInWords(basis: SalesRow['basis']): string {
  return basis === null ? '' : sources[basis]
}
