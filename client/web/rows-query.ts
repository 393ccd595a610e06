/** What the server is asked for a view of stores. */
import type { RowFilter } from '../../shared/row-filter.ts'
import type { View } from './view.ts'

type Query = {
  -readonly [
    Key in 'search' | 'timezone' | 'now' | 'window' | 'uptimeFrom' | 'uptimeTo' | 'observed' | 'compareWith'
  ]?: RowFilter[Key]
}

/** Groups are not in it: the report is of their stores alone. */
export function queryOf({ q, zone, now, window, uptime }: View, comparedId: string | undefined): Query {
  const query = {
    search: q,
    timezone: zone,
    now,
    window,
    compareWith: comparedId,
    ...uptimeRange(uptime),
  }
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
}

/** `80..90` is from 80 to before 90, `100..100` exactly 100, `..50` below 50; or `never`, or `not-open`. */
export function uptimeRange(uptime: string | undefined): Pick<Query, 'uptimeFrom' | 'uptimeTo' | 'observed'> {
  if (uptime === undefined) return {}
  if (uptime === 'never' || uptime === 'not-open') return { observed: uptime }
  const [from = '', to = ''] = uptime.split('..')
  return {
    ...(from === '' ? {} : { uptimeFrom: Number(from) }),
    ...(to === '' ? {} : { uptimeTo: Number(to) }),
  }
}
