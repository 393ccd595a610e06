/** What is looked at, as the address has it: the API's own names and values, so that an address is a permalink. */
import { rowOrders, windowNames, type WindowName } from '../../shared/row-columns.ts'
import { storeStates, type StoreState } from '../../shared/store-state.ts'

export interface View {
  // From where, and by which rules. A value that is left out is the server's default.
  readonly asOf?: string
  readonly interpolation?: string
  readonly reach?: string
  readonly corrections?: string
  /** What `change` is against: how long before, such as `7d`, or `none`. */
  readonly compare?: string
  /** The stores that the report is of: each as `label=value`. */
  readonly group?: readonly string[]
  readonly window?: WindowName
  // Which of them.
  readonly zone?: string
  readonly q?: string
  readonly now?: readonly StoreState[]
  /** A range of uptime in per cent, such as `80..90`, or `never` observed, or `not-open` in all of the window. */
  readonly uptime?: string
  readonly sort?: string
  readonly order?: (typeof rowOrders)[number]
  // Of one store: how many days are shown, and by which other rules besides.
  readonly days?: string
  readonly otherInterpolation?: string
  readonly otherReach?: string
  /** Of which month promises and costs are, as `2026-10`. */
  readonly month?: string
}

/** How the server judges where it is not told. */
export const judgingDefaults = { interpolation: 'nearest', reach: '24h', corrections: 'applied' } as const

export type ViewKey = keyof View

/** How the address writes them. */
const parameters = {
  asOf: 'as_of',
  window: 'window',
  interpolation: 'interpolation',
  reach: 'reach',
  corrections: 'corrections',
  compare: 'compare',
  group: 'group',
  zone: 'zone',
  q: 'q',
  now: 'now',
  uptime: 'uptime',
  sort: 'sort',
  order: 'order',
  days: 'days',
  otherInterpolation: 'other_interpolation',
  otherReach: 'other_reach',
  month: 'month',
} as const satisfies Record<ViewKey, string>

const keys = Object.keys(parameters) as ViewKey[]

/** What stays when another screen is opened: all but what is searched and sorted. */
const lastingKeys = [
  'asOf',
  'window',
  'interpolation',
  'reach',
  'corrections',
  'compare',
  'group',
] as const satisfies readonly ViewKey[]

/** What makes the viewpoint another than the default one. */
const viewpointKeys = ['asOf', 'interpolation', 'reach', 'corrections', 'compare', 'group'] as const

const allowed: Readonly<Partial<Record<ViewKey, readonly string[]>>> = {
  window: windowNames,
  now: storeStates,
  order: rowOrders,
  days: ['28', '84'],
}

/** The view of an address. What it does not know is left out; what only the server can judge goes to the server. */
export function viewOf(search: string): View {
  const given = new URLSearchParams(search)
  const entries = keys.flatMap((key): [ViewKey, string | string[]][] => {
    const values = given
      .getAll(parameters[key])
      .filter((value) => value !== '' && (allowed[key]?.includes(value) ?? true))
    if (values.length === 0) return []
    return [[key, key === 'group' || key === 'now' ? values : values.at(-1)!]]
  })
  return Object.fromEntries(entries)
}

/** The address of a view: `?as_of=…`, or nothing where all is the default. */
export function searchOf(view: View): string {
  const search = new URLSearchParams()
  for (const key of keys) {
    for (const value of [view[key] ?? []].flat()) if (value !== '') search.append(parameters[key], value)
  }
  // Readable, as these stand for themselves in a query.
  const text = search.toString().replaceAll('%3A', ':').replaceAll('%2F', '/').replaceAll('%3D', '=')
  return text === '' ? '' : `?${text}`
}

/** A view with other values; those that are undefined go back to the default. */
export function changed(view: View, changes: { readonly [Key in ViewKey]?: View[Key] | undefined }): View {
  return Object.fromEntries(
    Object.entries({ ...view, ...changes }).filter(([, value]) => value !== undefined && value.length > 0),
  )
}

/** What another screen is opened with. */
export function lasting(view: View): View {
  return pick(view, lastingKeys)
}

/** What leads back to the default viewpoint. */
export const noViewpoint: { readonly [Key in ViewKey]?: undefined } = Object.fromEntries(
  viewpointKeys.map((key) => [key, undefined]),
)

/** The part of a view that says which stores. */
export function filterOf(view: View): View {
  return pick(view, ['zone', 'q', 'now', 'uptime'])
}

function pick(view: View, wanted: readonly ViewKey[]): View {
  return Object.fromEntries(wanted.flatMap((key) => (view[key] === undefined ? [] : [[key, view[key]]])))
}
